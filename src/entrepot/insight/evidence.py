"""The evidence of a recall to hand on: a table for programs, a document for an authority or an insurer. Times in UTC (P8)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext

from entrepot.base.document import Part, write_pdf
from entrepot.insight.queries.recalls import Act, RecalledOffer, RecallView

SKUS_NAMED = 10  # above the tables, which name every one
HEADINGS = (
    "recall", "reason", "deadline_at", "account", "channel", "market", "sku", "offer", "asked_at", "zero_accepted_at", "zero_at",
    "end_accepted_at", "gone_at", "confirmed", "failure", "failed_at",
)  # fmt: skip


def table(found: RecallView) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
    """(headings, a row an offer), for ``tabular.csv_lines``; what is not confirmed stands first."""

    def rows() -> Iterator[Sequence[Any]]:
        for one in found.offers:
            yield (
                found.public_id, found.reason, found.deadline_at, one.account.name, one.account.channel, one.account.market, one.sku,
                one.offer, one.asked_at, one.zero_accepted_at, one.zero_at, one.accepted_at, one.gone_at, "yes" if one.gone_at else "no",
                one.failure, one.failed_at,
            )  # fmt: skip

    return HEADINGS, rows()


def document(found: RecallView, acts: Sequence[Act], now: datetime) -> bytes:
    """The same as PDF in the active language, with what the recall was, who asked for it and approved it, and when this was made."""
    out = BytesIO()
    made = gettext("Made %(time)s") % {"time": _time(now)}
    write_pdf(
        out,
        title=gettext("Evidence of a recall"),
        foot=f"Entrepot · {found.public_id} · {made}",
        facts=[*_facts(found, acts), (gettext("Made"), _time(now))],
        says=_verdict(found, now),
        parts=list(_parts(found)),
    )
    return out.getvalue()


def file_name(found: RecallView, now: datetime, kind: str) -> str:
    return f"entrepot-recall-{found.public_id}-{now:%Y%m%d-%H%M}.{kind}"


def _facts(found: RecallView, acts: Sequence[Act]) -> Iterator[tuple[str, str]]:
    yield gettext("Recall"), str(found.public_id)
    yield gettext("Reason"), found.reason or "–"
    skus = sorted({one.sku for one in found.offers})
    yield "SKU", ", ".join(skus[:SKUS_NAMED]) + (f", … ({len(skus)})" if len(skus) > SKUS_NAMED else "")
    said = {"asked": gettext("Asked for by"), "approved": gettext("Approved by"), "relisted": gettext("Put on sale again by")}
    for act in acts:
        yield said.get(act.name, act.name), f"{act.actor.removeprefix('user:')}, {_time(act.at)}"
    yield gettext("Deadline"), _time(found.deadline_at)
    if not found.whole:
        yield gettext("Left out"), gettext("Offers on accounts or of products that the reader does not see.")


def _verdict(found: RecallView, now: datetime) -> str:
    if found.needs_approval:
        return gettext("It waits for a person to confirm it: nothing has been taken off yet.")
    if found.unconfirmed and found.relisted_at:
        text = ngettext("%(n)s offer was not confirmed as gone.", "%(n)s offers were not confirmed as gone.", found.unconfirmed)
    elif found.unconfirmed and found.deadline_at < now:
        text = ngettext("%(n)s offer is not confirmed in time.", "%(n)s offers are not confirmed in time.", found.unconfirmed)
    elif found.unconfirmed:
        text = ngettext("%(n)s offer is not confirmed yet.", "%(n)s offers are not confirmed yet.", found.unconfirmed)
    else:
        text = ngettext("%(n)s offer, confirmed as gone.", "%(n)s offers, all confirmed as gone.", len(found.offers))
    return text % {"n": found.unconfirmed or len(found.offers)}


def _parts(found: RecallView) -> Iterator[Part]:
    """What is not confirmed, with its failure; then what is."""
    steps = [f"{step} (UTC)" for step in (gettext("Asked"), gettext("Took 0"), gettext("Shows 0"), gettext("Ended"))]
    unconfirmed = [one for one in found.offers if not one.gone_at]
    gone = [one for one in found.offers if one.gone_at]
    if unconfirmed:
        yield Part(
            gettext("Not confirmed (%(n)s)") % {"n": len(unconfirmed)},
            (gettext("Channel"), "SKU", *steps, gettext("Failure")),
            (14, 13, 12, 12, 12, 12, 25),
            [(*_steps(one), _failure(one)) for one in unconfirmed],
        )
    if gone:
        yield Part(
            gettext("Read back as gone (%(n)s)") % {"n": len(gone)},
            (gettext("Channel"), "SKU", *steps, f"{gettext('Read back as gone')} (UTC)"),
            (20, 20, 12, 12, 12, 12, 12),
            [(*_steps(one), _clock(one.gone_at)) for one in gone],
        )


def _steps(one: RecalledOffer) -> tuple[str, ...]:
    times = (one.asked_at, one.zero_accepted_at, one.zero_at, one.accepted_at)
    return (one.account.name, one.sku, *(_clock(time) for time in times))


def _failure(one: RecalledOffer) -> str:
    if not one.failure:
        return pgettext("recall", "waiting")
    if one.failed_at is None:
        return one.failure
    return gettext("%(failure)s, since %(time)s") % {"failure": one.failure, "time": _time(one.failed_at)}


def _time(instant: datetime) -> str:
    return f"{_clock(instant)} UTC"


def _clock(instant: datetime | None) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if instant else "–"
