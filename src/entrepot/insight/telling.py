"""A history in sentences, in the active language and time zone."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext

from entrepot.insight.queries.history import History, Told
from entrepot.listings import queries as listings


def moment(at: datetime) -> str:
    """An instant to the second, for people and for mails."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"


def headline(found: History, account: str) -> str:
    """What was shown, in one sentence."""
    values = {"at": moment(found.at), "account": account, "count": found.shown}
    if found.shown is None:
        return gettext("It is not known what %(account)s showed at %(at)s.") % values
    return gettext("%(account)s showed %(count)s at %(at)s.") % values


def reasons(found: History, account: str) -> list[str]:
    """When it was confirmed, what was on its way, and where the facts end."""
    told = []
    if found.confirmed:
        told.append(_confirmed(found.confirmed, account))
    if found.in_flight:
        told.append(_on_its_way(found.in_flight, account, answered=found.in_flight.at <= found.at))
        if found.settled:
            told.append(gettext("It was confirmed at %(at)s.") % {"at": moment(found.settled.at)})
        elif found.in_flight.outcome == "refused":
            told.append(gettext("It was refused at %(at)s.") % {"at": moment(found.in_flight.at)})
        else:
            told.append(gettext("Nothing has confirmed it to this day."))
    if found.shown is None and found.receipts_since is None:
        told.append(gettext("Nothing was ever sent to %(account)s for this offer, or it is kept no longer.") % {"account": account})
    elif found.shown is None and found.receipts_since:
        told.append(gettext("Receipts of this offer are kept from %(at)s on.") % {"at": moment(found.receipts_since)})
    return told


def ledger_reach(found: History) -> str:
    """Why there is no stock to show, where there is none; else nothing."""
    if found.ledger_since is None:
        return gettext("The ledger has no entry for this variant.")
    if found.ledger_since > found.at:
        return gettext("The ledger of this variant is kept from %(at)s on.") % {"at": moment(found.ledger_since)}
    return ""


def as_text(found: History, account: str) -> str:
    """Everything, for a mail or a terminal."""
    lines = [headline(found, account)]
    if found.explained:
        lines.append(listings.as_text(found.explained))
    lines += ["", *reasons(found, account), "", gettext("Stock behind it (%(zone)s):") % {"zone": timezone.get_current_timezone_name()}]
    lines += [ledger_reach(found)] if ledger_reach(found) else []
    for level in found.levels:
        values = {"sku": level.sku, "place": level.location_name, "on_hand": level.on_hand, "reserved": level.reserved}
        lines.append(gettext("%(sku)s at %(place)s: %(on_hand)s on hand, %(reserved)s reserved") % values)
    for move in found.moves:
        lines.append(
            f"{moment(move.at)}  {move.location_code}  {move.reason}  "
            f"{move.on_hand_delta:+d} → {move.on_hand_after}  {move.reserved_delta:+d} → {move.reserved_after}  {move.actor}"
        )
    return "\n".join(lines)


def _confirmed(one: Told, account: str) -> str:
    values = {"account": account, "count": one.quantity, "at": moment(one.at)}
    sentence = {
        "live": gettext("%(account)s confirmed %(count)s at %(at)s."),
        "read": gettext("%(count)s was read back from %(account)s at %(at)s."),
        "ended": gettext("%(account)s took the listing off sale at %(at)s."),
    }[one.outcome]
    return " ".join([sentence % values, *_origin(one)])


def _on_its_way(one: Told, account: str, *, answered: bool) -> str:
    values = {"account": account, "count": one.quantity, "at": moment(one.at)}
    if not answered:
        return " ".join([gettext("%(count)s was on its way to %(account)s, not answered yet.") % values, *_origin(one)])
    sentence = {
        "accepted": gettext("%(count)s was on its way: %(account)s took it at %(at)s without confirming it."),
        "unknown": gettext("%(count)s was sent to %(account)s and the answer was lost at %(at)s: either number may have been shown."),
    }[one.outcome]
    return " ".join([sentence % values, *_origin(one)])


def _origin(one: Told) -> list[str]:
    """When it was sent, and from which stock it was computed."""
    sent = [gettext("It was sent at %(at)s.") % {"at": moment(one.sent_at)}] if one.sent_at else []
    return [*sent, *_version(one)]


def _version(one: Told) -> list[str]:
    if not one.version:
        return []
    if one.computed_at is None:
        return [gettext("It was computed from stock version %(version)s.") % {"version": one.version}]
    values = {"version": one.version, "at": moment(one.computed_at)}
    return [gettext("It was computed from stock version %(version)s of %(at)s.") % values]
