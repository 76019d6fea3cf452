"""What channels may still sell of allotted offers: charged before a call leaves, given back, settled (PROMISE 2–6, 9).

Every change of exposure happens under the headers of all stock variants the offer takes from, locked in variant order.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from django.db import transaction

from entrepot.base import clock, sql
from entrepot.base.ids import AccountId, OfferId, VariantId
from entrepot.catalog.actions import kits
from entrepot.channels.actions import notify
from entrepot.inventory import moves
from entrepot.listings.rules import DEMAND_OVER, Allotted, Pots, decide, to_drain, to_rebalance
from entrepot.listings.todo import look_again

PACKAGE = "entrepot.listings"


def charge(
    account: AccountId, offered: Mapping[OfferId, VariantId], *, epoch: int, now: datetime, publishing: Collection[OfferId] = ()
) -> dict[OfferId, int]:
    """What these allotted offers of the account send now, already charged to their exposure and committed. A rival that shall give
    units back (PROMISE 8) is told to look: only its own lane writes to it.

    ``publishing``: offers about to be made live: they count as on sale, and with 0 they are not sent.
    """
    with transaction.atomic():
        stock = lock(offered.values())
        offers, pots = state(stock, publishing)
        sends = decide(offers, pots, account=account)
        look_again(to_rebalance(offers, pots, to_drain(offers, pots)).difference(offered))
        chosen = [
            (offered[offer], offer, value) for offer, value in sends.items() if offer in offered and (value or offer not in publishing)
        ]
        if not chosen:
            return {}
        params = dict(zip(("variants", "offers", "quantities"), sql.columns(chosen, 3), strict=True))
        marked = {row.offer_id for row in sql.rows(PACKAGE, "charge", {**params, "account": account, "epoch": epoch, "now": now})}
        charged = [entry for entry in chosen if entry[1] in marked]
        expose(charged, now)
        return {offer: value for _, offer, value in charged}


def settle(account: AccountId, *, until: datetime, now: datetime) -> int:
    """Offers whose shown value is live, with every order dated up to ``until`` imported: exposure becomes what is shown (PROMISE 3)."""
    with transaction.atomic():
        due = sql.rows(PACKAGE, "unsettled", {"account": account, "until": until})
        if not due:
            return 0
        lock({row.variant_id for row in due})
        locked = {row.variant_id for row in due}
        rows = [row for row in sql.rows(PACKAGE, "unsettled", {"account": account, "until": until}) if row.variant_id in locked]
        expose([(row.variant_id, row.offer_id, min(0, row.shown - row.exposure)) for row in rows], now)
        sql.run(PACKAGE, "settle", {"variants": [row.variant_id for row in rows], "offers": [row.offer_id for row in rows]})
        look_again([row.offer_id for row in rows if row.shown >= row.exposure])  # the others are told by what became free
        return len(rows)


def expose(amounts: Sequence[tuple[VariantId, OfferId, int]], now: datetime) -> None:
    """Change exposure by signed amounts. The caller holds the headers (``lock``)."""
    entries = [entry for entry in amounts if entry[2]]
    if entries:
        sql.run(PACKAGE, "expose", dict(zip(("variants", "offers", "amounts"), sql.columns(entries, 3), strict=True)) | {"now": now})
        notify("availability", "")


def lock(variants: Iterable[VariantId]) -> list[VariantId]:
    """Lock the headers of everything these offered variants take from; the stock variants."""
    offered = sorted(set(variants))
    stock = _parts(offered)
    if stock != offered:
        kits.hold(offered)
        stock = _parts(offered)
    moves.lock(stock)
    return stock


def _parts(offered: Sequence[VariantId]) -> list[VariantId]:
    return [row.variant_id for row in sql.rows(PACKAGE, "stock_parts", {"variants": offered})]


def exposed(variants: Sequence[VariantId]) -> dict[VariantId, int]:
    """Σ exposure of allotted offers, per stock variant."""
    return {row.variant_id: row.exposed for row in sql.rows(PACKAGE, "headers", {"variants": list(variants)})}


def is_allotted(variants: Sequence[VariantId]) -> bool:
    """Whether an offer that takes from these stock variants is allotted: one of them is."""
    return any(row.allotted for row in sql.rows(PACKAGE, "headers", {"variants": list(variants)}))


def state(stock: Sequence[VariantId], publishing: Collection[OfferId] = ()) -> tuple[list[Allotted], Pots]:
    """Every offer that takes from these stock variants, as a decision sees it, and what there is for them."""
    rows = sql.rows(PACKAGE, "rivals", {"variants": list(stock), "offers": list(publishing), "since": _since()})
    offers = [
        Allotted(
            offer=row.offer_id,
            account=row.account_id,
            parts=dict(zip(row.part_variants, row.part_units, strict=True)),
            weight=row.weight,
            exposure=row.exposure,
            shown=row.shown,
            waiting=row.in_flight is not None and not row.unknown,
            unknown=row.unknown,
            on_sale=row.on_sale,
            coming=row.coming,
            refused=row.refused_quantity,
            settled=row.settled,
            drains=row.in_flight == 0 or (row.in_flight is None and row.shown == 0 and not row.settled),
            delay_s=row.delay_s,
        )
        for row in rows
    ]
    return offers, pots_of(stock, {row.account_id for row in rows})


def _since() -> date:
    return (clock.now() - DEMAND_OVER).astimezone(UTC).date()


def pots_of(stock: Sequence[VariantId], accounts: Collection[AccountId]) -> Pots:
    """ATP per stock variant and account, and which accounts share a location."""
    feeds = sql.rows(PACKAGE, "pots", {"variants": list(stock), "accounts": sorted(accounts)})
    pairs = sql.rows(PACKAGE, "sharing", {"accounts": sorted(accounts)})
    sharing: dict[AccountId, set[AccountId]] = {}
    for pair in pairs:
        sharing.setdefault(pair.account_id, set()).add(pair.with_account_id)
    return Pots({(row.variant_id, row.account_id): row.atp for row in feeds}, {key: frozenset(value) for key, value in sharing.items()})
