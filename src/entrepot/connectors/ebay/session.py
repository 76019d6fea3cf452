"""What the abilities share: one account's client and terms, and the way a batch is worked through."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from entrepot.base.ids import OfferId, RemoteId
from entrepot.channels.contract import Access, AccessLost, ChannelError, Outcome, Problem, Receipt, Refused
from entrepot.connectors.ebay import codes, write
from entrepot.connectors.ebay.client import Client
from entrepot.connectors.ebay.tokens import Tokens

ENDPOINT = "https://api.ebay.com"
TOKEN_PATH = "/identity/v1/oauth2/token"  # noqa: S105 - an address
REQUIRED = ("client_id", "client_secret", "refresh_token", "marketplace_id")


class Named(Protocol):
    """What a batch is made of: offers with their content, or wanted quantities."""

    @property
    def offer(self) -> OfferId: ...

    @property
    def remote_id(self) -> RemoteId | None: ...


Item = TypeVar("Item", bound=Named)


class Session:
    """One account, opened. The abilities are its subclasses, one file each; ``account.py`` puts them together.

    ``given``: settings and credentials as one. Keep an opened account: it holds the access tokens.
    """

    def __init__(self, access: Access) -> None:
        """Raises: AccessLost, naming the setting that is missing."""
        given = {**access.settings, **access.credentials}
        for name in REQUIRED:
            if not given.get(name):
                raise AccessLost(f"The setting {name} of this eBay account is empty.", code="missing_setting")
        endpoint = given.get("endpoint") or ENDPOINT
        token_url = given.get("token_url") or f"{endpoint.rstrip('/')}{TOKEN_PATH}"
        self.access = access
        self.given = given
        self.client = Client(access, endpoint, Tokens(access, token_url, given))
        self.terms = terms(given)
        self.marketplace = self.terms.marketplace

    def in_turn(self, packages: Iterable[Sequence[Item]], act: Callable[[Sequence[Item]], list[Receipt]]) -> list[Receipt]:
        """One receipt an item, package after package (a package is one offer, or the members of a group).

        Never several at once: eBay refuses concurrent changes of one group's variations (error 25025).

        A refusal concerns its package only. Any other error ends the round: a package of which something was, or may have
        been, written is UNKNOWN; those after it have no receipt and are sent again by the caller. If nothing was sent at
        all, the error itself is raised. A listing that was revised too often today takes the same tomorrow, and its receipt
        says when that is.
        """
        receipts: list[Receipt] = []
        for package in packages:
            before = self.client.writes()
            try:
                receipts += act(package)
            except Refused as no:
                receipts += [refused(item, no) for item in package]
            except ChannelError as no:
                written = self.client.writes() > before
                if not written and not receipts:
                    raise
                if written:
                    receipts += [receipt(item, Outcome.UNKNOWN, problems=(Problem(no.code, no.message),)) for item in package]
                break
        tomorrow = codes.next_day(self.access.clock())
        return [replace(one, again_at=tomorrow) if _revised_too_often(one) else one for one in receipts]


def terms(given: Mapping[str, str]) -> write.Terms:
    return write.Terms(
        marketplace=given.get("marketplace_id", ""),
        fulfillment_policy=given.get("fulfillment_policy_id", ""),
        payment_policy=given.get("payment_policy_id", ""),
        return_policy=given.get("return_policy_id", ""),
        location=given.get("location_key") or "entrepot",
        category=given.get("category_id", ""),
    )


def receipt(item: Named, outcome: Outcome, remote_id: str | None = None, problems: tuple[Problem, ...] = ()) -> Receipt:
    known = RemoteId(remote_id) if remote_id else item.remote_id
    return Receipt(item.offer, outcome, getattr(item, "version", 0), known, problems)


def refused(item: Named, no: Refused) -> Receipt:
    found = codes.problems(no.errors) or (Problem(no.code, no.message),)
    return receipt(item, Outcome.REFUSED, problems=found)


def _revised_too_often(receipt: Receipt) -> bool:
    return receipt.outcome is Outcome.REFUSED and any(problem.code == codes.REVISED_TOO_OFTEN for problem in receipt.problems)
