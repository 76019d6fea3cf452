"""One way to send offers to a channel and to keep its answers; lanes, content and recalls use it."""

import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from django.db import transaction
from django.utils.translation import gettext_noop

from entrepot.base import sql
from entrepot.base.ids import AccountId, OfferId, VariantId
from entrepot.channels import actions as channels
from entrepot.channels import health
from entrepot.channels.contract import AccessLost, ChannelError, Outcome, Problem, Receipt, Refused, Throttled, Unavailable
from entrepot.channels.types import AccountState
from entrepot.listings import exposure
from entrepot.listings.types import Fenced

PACKAGE = "entrepot.listings"
Clock = Callable[[], datetime]
_chance = random.Random()  # noqa: S311  (jitter, not a secret)


class ForOffer(Protocol):
    @property
    def offer(self) -> OfferId: ...


Item = TypeVar("Item", bound=ForOffer)


@dataclass(frozen=True)
class Answer:
    """A channel's answer for one offer, with when it was asked and when it answered."""

    receipt: Receipt
    sent_at: datetime
    answered_at: datetime


@dataclass
class Delivery:
    """What became of a series of calls. An offer without an answer was not sent; ``error`` is why."""

    answers: dict[OfferId, Answer] = field(default_factory=dict)
    error: ChannelError | None = None


def deliver(call: Callable[[Sequence[Item]], list[Receipt]], items: Sequence[Item], *, size: int, seconds: float, now: Clock) -> Delivery:
    """Call the channel with batches of ``size`` until all is sent, ``seconds`` have passed, or it stops answering.

    No transaction is open here. A call refused as a whole is halved until the refused offer stands alone.
    """
    done = Delivery()
    until = now() + timedelta(seconds=seconds)
    batches = [list(items[start : start + size]) for start in range(0, len(items), size)]
    while batches and done.error is None:
        batch = batches.pop(0)
        sent_at = now()
        try:
            receipts = call(batch)
        except Refused as no:
            if len(batch) > 1:
                batches[:0] = [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
                continue
            receipts = [Receipt(batch[0].offer, Outcome.REFUSED, problems=(Problem(no.code or "refused", no.message),))]
        except ChannelError as error:
            done.error = error
            break
        answered_at = now()
        asked = {item.offer for item in batch}
        done.answers |= {r.offer: Answer(r, sent_at, answered_at) for r in receipts if r.offer in asked}
        if len(receipts) < len(batch) and any(receipt.outcome is Outcome.UNKNOWN for receipt in receipts):
            # A connector that stops half way keeps the answers it has, the lost one as unknown; the channel is not well all the same.
            done.error = Unavailable("the channel stopped answering")
        if len(receipts) < len(batch) or answered_at >= until:
            break
    return done


def pause_after(account: AccountId, operation: str, error: ChannelError, now: datetime) -> datetime:
    """When to try again after a failed call. Raises: AccessLost, with the account marked as to be reconnected."""
    if isinstance(error, AccessLost):
        channels.set_state(
            account, AccountState.RECONNECT, reason=error.message or gettext_noop("the channel refused our access"), actor="lane"
        )
        raise error
    if isinstance(error, Throttled):
        return now + (error.retry_after if error.retry_after is not None else health.backoff(2, _chance))
    return health.failed(account, operation, error)


def retry_at(tries: int, now: datetime) -> datetime:
    """When an offer is tried again after its nth failure: backoff with jitter."""
    return now + health.backoff(max(1, tries), _chance)


# --- keeping answers ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A quantity that was sent, and the answer."""

    variant: VariantId
    offer: OfferId
    quantity: int
    version: int
    allotted: bool
    answer: Answer
    revised: bool = True  # counts as a revision of the listing

    @property
    def outcome(self) -> Outcome:
        return self.answer.receipt.outcome


@dataclass(frozen=True)
class Todo:
    variant: VariantId
    offer: OfferId
    not_before: datetime
    rank: int
    why: str


@dataclass(frozen=True)
class Passed:
    """The lane's own columns after a pass."""

    plans: int
    cursor: int
    resume_at: datetime | None
    waits: Sequence[float]
    sweep_after: datetime | None
    sweep_position: int


def record(
    account: AccountId,
    *,
    epoch: int,
    now: datetime,
    told: Sequence[Told] = (),
    unsent: Sequence[tuple[VariantId, OfferId, int]] = (),
    done: Iterable[tuple[VariantId, OfferId, datetime]] = (),
    todo: Sequence[Todo] = (),
    passed: Passed | None = None,
) -> None:
    """Keep answers, to-do and the lane's place in one transaction; charges that had no effect are given back (PROMISE 6).

    ``done``: to-do entries with their time as it was read. ``unsent``: allotted offers that were charged and never left. Raises: Fenced when another worker holds the lane (F41).
    """
    back = [(t.variant, t.offer, -t.quantity) for t in told if t.allotted and t.outcome is Outcome.REFUSED]
    back += [(variant, offer, -quantity) for variant, offer, quantity in unsent]
    params = {**_columns(told, list(done), todo), **_lane(passed)}
    params |= {"account": account, "epoch": epoch, "now": now, "today": now.astimezone(UTC).date()}
    if not back:
        held = sql.rows(PACKAGE, "record", params)[0].held
    else:
        with transaction.atomic():
            exposure.lock({variant for variant, _, _ in back})
            held = sql.rows(PACKAGE, "record", params)[0].held
            if held:
                if unsent:
                    sql.run(PACKAGE, "uncharge", {"variants": [u[0] for u in unsent], "offers": [u[1] for u in unsent]})
                exposure.expose(back, now)
    if not held:
        raise Fenced(account)


def problems(receipt: Receipt) -> list[dict[str, str]]:
    """The channel's problems as they are kept and shown."""
    return [asdict(problem) for problem in receipt.problems]


def _columns(told: Sequence[Told], done: Sequence[tuple[VariantId, OfferId, datetime]], todo: Sequence[Todo]) -> dict[str, Any]:
    return {
        "variants": [t.variant for t in told],
        "offers": [t.offer for t in told],
        "quantities": [t.quantity for t in told],
        "versions": [t.version for t in told],
        "outcomes": [t.outcome.value for t in told],
        "problems": ["[]" if not t.answer.receipt.problems else json.dumps(problems(t.answer.receipt)) for t in told],
        "allotted": [t.allotted for t in told],
        "sent_at": [t.answer.sent_at for t in told],
        "answered_at": [t.answer.answered_at for t in told],
        "revised": [t.revised for t in told],
        "done_variants": [variant for variant, _, _ in done],
        "done_offers": [offer for _, offer, _ in done],
        "done_not_before": [not_before for _, _, not_before in done],
        "todo_variants": [t.variant for t in todo],
        "todo_offers": [t.offer for t in todo],
        "todo_ranks": [t.rank for t in todo],
        "todo_not_before": [t.not_before for t in todo],
        "todo_whys": [t.why for t in todo],
    }


def _lane(passed: Passed | None) -> Mapping[str, Any]:
    if passed is None:
        return {
            "passed": False,
            "plans": 0,
            "cursor": 0,
            "resume_at": None,
            "waits": "[]",
            "sweep_after": None,
            "sweep_position": 0,
        }
    return {
        "passed": True,
        "plans": passed.plans,
        "cursor": passed.cursor,
        "resume_at": passed.resume_at,
        "waits": json.dumps(list(passed.waits)),
        "sweep_after": passed.sweep_after,
        "sweep_position": passed.sweep_position,
    }
