"""One call an offer, a few at a time: what a channel without bulk calls needs to use its whole quota."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from entrepot.base.ids import OfferId
from entrepot.channels.contract import ChannelError, Outcome, Problem, Receipt, Refused
from entrepot.connectors.amazon import codes
from entrepot.connectors.amazon.client import lost_answer

# An answer takes Amazon 0.2 to 0.5 s, the quota allows five calls a second: one after the other would waste half of it.
AT_ONCE = 4

T = TypeVar("T")


def one_by_one(offers: Sequence[T], send: Callable[[T], Receipt], name: Callable[[T], tuple[OfferId, int]]) -> list[Receipt]:
    """The receipts of all offers up to where the channel stopped answering, in the order given.

    A refused offer is a receipt and does not stop the others. An offer whose answer was lost is UNKNOWN; offers after
    it are not sent and have no receipt. ``name`` gives an offer's id and version.

    Raises: what stopped the batch, when there is no receipt at all.
    """
    stopped: list[ChannelError] = []

    def attempt(offer: T) -> Receipt | None:
        if stopped:
            return None
        offer_id, version = name(offer)
        try:
            return send(offer)
        except Refused as no:
            return Receipt(offer_id, Outcome.REFUSED, version, problems=problems_of(no))
        except ChannelError as no:
            stopped.append(no)
            if not lost_answer(no):
                return None
            return Receipt(offer_id, Outcome.UNKNOWN, version, problems=(Problem(no.code, no.message),))

    if len(offers) < 2:
        answers = [attempt(offer) for offer in offers]
    else:
        with ThreadPoolExecutor(min(AT_ONCE, len(offers)), thread_name_prefix="amazon") as pool:
            answers = list(pool.map(attempt, offers))
    receipts = [receipt for receipt in answers if receipt is not None]
    if stopped and not receipts:
        raise stopped[0]
    return receipts


def problems_of(no: Refused) -> tuple[Problem, ...]:
    """Amazon's error list, or our own single reason, as problems."""
    if isinstance(no.errors, list):
        found = [error for error in no.errors if isinstance(error, dict)]
        return tuple(Problem(str(error.get("code", no.code)), _sentence(error)) for error in found)
    return (Problem(no.code or str(no.status), no.message, field=codes.FIELD_OF_REFUSAL.get(no.code, "")),)


def _sentence(error: dict[str, object]) -> str:
    """Message and details; Amazon often repeats one in the other."""
    message, details = str(error.get("message", "")), str(error.get("details") or "")
    return message if details in message else f"{message} {details}".strip()
