"""Reading an account's orders: messages are hints, a poll with an overlapping window is the truth (FACTS 0.3)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.utils.translation import gettext_noop

from entrepot.base import clock, told
from entrepot.base.crash import crashpoint
from entrepot.base.ids import AccountId, RemoteId
from entrepot.base.loops import Again, Outcome, Settled
from entrepot.channels import actions as channels
from entrepot.channels import health
from entrepot.channels import queries as channel_state
from entrepot.channels.contract import AccessLost, ChannelError, ChannelOrder, HintKind, Limits, ReadsOrders, Refused, Throttled, Unreadable
from entrepot.orders import intake, quarantine

MOST_HINTS = 100  # followed in one pass
MOST_PAGES = 10_000  # of one poll; more is a channel that loops
READS = "read_orders"
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Window:
    """A poll on its way: [since, until], and the cursor of the page to read next."""

    since: datetime
    until: datetime
    complete_until: datetime
    cursor: str | None = None
    seen: set[str] = field(default_factory=set)


# Windows that the quota interrupted. Only a saving: a process that dies begins the window anew.
_begun: dict[AccountId, _Window] = {}


def follow_hints(account: AccountId, channel: ReadsOrders) -> Outcome:
    """Refetch every order that a message pointed at, hand them to intake in one batch, then forget the hints.

    A crash in between repeats the fetch; intake makes the repeat one effect. Where the channel throttles, the rest
    waits and the poll finds it at the latest.
    """
    rows = channel_state.hints(account, HintKind.ORDER, limit=MOST_HINTS)
    if not rows:
        return Settled()
    orders: list[ChannelOrder] = []
    done: set[str] = set()
    wait: timedelta | None = None
    for remote_id in dict.fromkeys(remote for _, remote in rows):
        try:
            orders.append(channel.read_order(RemoteId(remote_id)))
        except Throttled as throttled:
            wait = throttled.retry_after or timedelta(seconds=2)
            break
        except Refused as refused:
            _log.warning("order.hint_refused", account=account, code=refused.code)
        except Unreadable as unreadable:
            quarantine.keep(
                account, remote_id, told.kept(gettext_noop("It cannot be read at {path}."), path=unreadable.path), {"remote_id": remote_id}
            )
        done.add(remote_id)
    intake.take(account, orders)
    crashpoint("hints.before_forget")
    channels.forget_hints([hint for hint, remote in rows if remote in done])
    if wait is not None:
        return Again(wait)
    return Again() if len(rows) == MOST_HINTS else Settled()


def poll_orders(account: AccountId, channel: ReadsOrders, limits: Limits, *, stopped: Callable[[], bool] = lambda: False) -> Outcome:
    """Read all orders changed since the last complete poll, with overlap, page by page; each page is committed before the next.

    ``orders_complete_until`` moves only when the whole window is in, so a crash or a channel that is down repeats the
    window (P6). Where the quota ends in the middle, the next pass goes on there: a long window may need more pages than the
    quota gives at once. A cursor that comes back is the channel's loop: the window ends there and is read again later (F6).
    """
    progress = channel_state.progress(account)
    now = clock.now()
    if progress.polled_at is not None and now < progress.polled_at + limits.poll_every:
        return Again(progress.polled_at + limits.poll_every - now)
    held = health.open_until(account, READS)
    if held is not None:
        return Again(held - now)
    window = _begun.pop(account, None) or _Window(progress.orders_complete_until - limits.poll_overlap, now, now)
    try:
        complete_until = _read_window(account, channel, window, stopped)
    except Throttled as throttled:
        _begun[account] = window
        return Again(throttled.retry_after or limits.poll_every)
    except ChannelError as failure:
        channels.orders_failing(account, f"{type(failure).__name__}: {failure.message}")
        raise
    if complete_until is None:
        return Again(limits.poll_every)
    health.succeeded(account, READS)
    channels.orders_known_until(account, complete_until, polled_at=window.until)
    return Again(limits.poll_every)


def _read_window(account: AccountId, channel: ReadsOrders, window: _Window, stopped: Callable[[], bool]) -> datetime | None:
    """Up to when orders are complete after this window; None when it ended early."""
    for _ in range(MOST_PAGES):
        page = channel.read_orders(since=window.since, until=window.until, cursor=window.cursor)
        intake.take(account, page.orders)
        intake.take_unreadable(account, page.unreadable)
        crashpoint("poll.after_page")
        if page.complete_until is not None:
            window.complete_until = min(window.complete_until, page.complete_until)
        window.cursor = page.cursor
        if window.cursor is None:
            return window.complete_until
        if window.cursor in window.seen or stopped():
            break
        window.seen.add(window.cursor)
    _log.warning("orders.window_not_complete", account=account, pages=len(window.seen))
    return None


def retry_quarantine(account: AccountId, channel: ReadsOrders, *, every: timedelta = timedelta(minutes=10)) -> Outcome:
    """Read quarantined orders again now and then: what was repaired at the channel or here comes in by itself."""
    for remote_id, _ in quarantine.open_rows(account, before=clock.now() - every):
        try:
            order = channel.read_order(remote_id)
        except Refused:
            quarantine.touch(account, remote_id)
            continue
        except (Throttled, AccessLost):
            raise
        except Unreadable as unreadable:
            quarantine.keep(
                account, remote_id, told.kept(gettext_noop("It cannot be read at {path}."), path=unreadable.path), {"remote_id": remote_id}
            )
            continue
        except ChannelError:
            quarantine.touch(account, remote_id)  # so that the next pass begins with another
            raise
        if not intake.take(account, [order]).quarantined:
            quarantine.resolved(account, remote_id)
    return Again(every)
