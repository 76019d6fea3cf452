"""What a channel may be shown, as pure functions of plain values (ST3, PROMISE). The statements in ``sql/`` say the same over sets."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from entrepot.base.ids import AccountId, LocationId, OfferId, VariantId
from entrepot.base.money import split
from entrepot.inventory.types import Explanation, Step

# PROMISE 3: how much later than a live value orders must be known, because the channel's clock is not ours.
CLOCK_MARGIN = timedelta(seconds=5)
# F12: a price that moves by more than this factor stops until a person confirms it.
PRICE_FACTOR = 5
# PROMISE 7: what an offer sold for so long is its demand.
DEMAND_OVER = timedelta(days=28)


# --- pooled ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """What one unit of an offer takes of one stock variant: ``units`` of it. A single variant is its own only part.

    ``atp``: what may be promised at each open location that feeds the account. ``exposed``: Σ exposure of allotted offers.
    """

    variant: VariantId
    units: int
    atp: Mapping[LocationId, int]
    exposed: int = 0


@dataclass(frozen=True)
class Terms:
    """How much of what is available an offer shows: its own settings, or its account's."""

    share_percent: int = 100
    cap: int | None = 10
    holdback: int = 0
    recalled: bool = False


def packable(parts: Sequence[Part]) -> int:
    """Σ over locations of min over parts of ⌊ATP ÷ units⌋: one unit of an offer is packed at one place (DESIGN 4)."""
    if not parts:
        return 0
    places = set.intersection(*(set(part.atp) for part in parts))
    return sum(min(part.atp[place] // part.units for part in parts) for place in places)


def available(parts: Sequence[Part]) -> int:
    """What the pool may still show: what can be packed, less what allotted offers may still sell of any part."""
    if not parts:
        return 0
    free = min((sum(part.atp.values()) - part.exposed) // part.units for part in parts)
    return max(0, min(packable(parts), free))


def pooled_quantity(parts: Sequence[Part], terms: Terms) -> int:
    """ST3: max(0, min(cap, ⌊share × available⌋ − holdback)); 0 while the offer is recalled."""
    return pooled_explanation(parts, terms).answer


def pooled_explanation(parts: Sequence[Part], terms: Terms) -> Explanation:
    """The steps from what can be packed to what is shown; they sum to the answer."""
    steps: list[Step] = []

    def to(number: int, after: int, rule: str, label: str, **values: str | int) -> int:
        if after != number:
            steps.append(Step(rule, label, after - number, values))
        return after

    number = packable(parts)
    exposed = max((part.exposed for part in parts), default=0)
    number = to(number, available(parts), "PROMISE 6", "promised to allotted offers", exposed=exposed)
    number = to(number, terms.share_percent * number // 100, "ST3", "share of this channel {percent} %", percent=terms.share_percent)
    number = to(number, max(0, number - terms.holdback), "ST3", "held back from this channel", holdback=terms.holdback)
    if terms.cap is not None:
        number = to(number, min(terms.cap, number), "PROMISE 19", "shown at most {cap}", cap=terms.cap)
    if terms.recalled:
        number = to(number, 0, "P8", "delisted everywhere")
    return Explanation(number, steps)


def should_send(quantity: int, believed: int | None, *, cap: int | None, unknown: bool = False, refused: int | None = None) -> bool:
    """Whether a wanted number goes out (PROMISE 4, 19): lowering always, a raise once half the cap is sold, nothing that is shown."""
    if quantity == refused:
        return False
    if unknown or believed is None or quantity < believed:
        return True
    return quantity > believed and (cap is None or believed * 2 <= cap)


# --- allotted ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Allotted:
    """An allotted offer as the decision sees it. ``parts``: stock variant -> units of it in one unit of the offer.

    ``weight``: its demand, or set by hand. ``waiting``: a write is on its way or accepted and not yet live (PROMISE 4). ``unknown``: its
    answer was lost (PROMISE 5). ``settled``: nothing on its way, and all it sold of the number shown is known (PROMISE 3).
    ``drains``: 0 is on its way, or live and not settled (PROMISE 8).
    ``delay_s``: its account's bound, from a sale to the next number live.
    """

    offer: OfferId
    account: AccountId
    parts: Mapping[VariantId, int]
    weight: int = 1
    exposure: int = 0
    shown: int = 0
    waiting: bool = False
    unknown: bool = False
    on_sale: bool = True  # wanted live and not recalled
    coming: bool = False  # not on sale yet, but about to be published: its part is kept for it
    refused: int | None = None
    settled: bool = True
    drains: bool = False
    delay_s: int = 0


@dataclass(frozen=True)
class Pots:
    """ATP per (stock variant, account) over the locations that feed the account, and which accounts share a location.

    Two offers compete when they take a common variant and their accounts share a location; so for every offer that competes,
    Σ exposure of its rivals and its own stays within the ATP it can be served from. With one set of locations for all
    accounts that is Σ exposure ≤ ATP.
    """

    atp: Mapping[tuple[VariantId, AccountId], int]
    sharing: Mapping[AccountId, frozenset[AccountId]] = field(default_factory=dict)

    def rivals(self, account: AccountId) -> frozenset[AccountId]:
        return self.sharing.get(account, frozenset()) | {account}


def free(variant: VariantId, account: AccountId, offers: Sequence[Allotted], pots: Pots) -> int:
    """What may still be charged of a variant to this account's locations; below 0: over-exposed (PROMISE 6, 9)."""
    rivals = pots.rivals(account)
    used = sum(offer.exposure * offer.parts.get(variant, 0) for offer in offers if offer.account in rivals)
    return pots.atp.get((variant, account), 0) - used


def room(offer: Allotted, offers: Sequence[Allotted], pots: Pots) -> int:
    """The greatest value that may be charged to this offer now (PROMISE 6)."""
    accounts = {other.account for other in offers} | {offer.account}
    limits = [
        free(variant, account, offers, pots) // units
        for variant, units in offer.parts.items()
        for account in pots.rivals(offer.account) & accounts
        if any(variant in other.parts for other in offers if other.account == account)
    ]
    return max(0, min(limits, default=0))


def allotment(offer: Allotted, offers: Sequence[Allotted], pots: Pots) -> int:
    """PROMISE 7: the offer's part of the ATP by weight, largest remainder first, of its scarcest part."""
    wishes = []
    for variant, units in offer.parts.items():
        rivals = pots.rivals(offer.account)
        group = sorted((o for o in offers if variant in o.parts and o.account in rivals and (o.on_sale or o.coming)), key=lambda o: o.offer)
        parts = split(max(0, pots.atp.get((variant, offer.account), 0)), [o.weight for o in group])
        wishes.append(dict(zip((o.offer for o in group), parts, strict=True)).get(offer.offer, 0) // units)
    return min(wishes, default=0)


def to_drain(offers: Sequence[Allotted], pots: Pots) -> frozenset[OfferId]:
    """PROMISE 9: of the over-exposed, all but the largest seller whose exposure fits, write 0."""
    over = [o for o in offers if any(free(variant, o.account, offers, pots) < 0 for variant in o.parts)]
    kept: list[Allotted] = []
    for one in sorted(over, key=lambda o: (not o.on_sale, -o.weight, -o.shown, o.offer)):
        fits = all(one.exposure * units <= pots.atp.get((variant, one.account), 0) for variant, units in one.parts.items())
        if fits and not any(_compete(one, other, pots) for other in kept):
            kept.append(one)
    return frozenset(o.offer for o in over) - {o.offer for o in kept}


def to_rebalance(offers: Sequence[Allotted], pots: Pots, draining: Collection[OfferId] = ()) -> frozenset[OfferId]:
    """PROMISE 8: where a channel shows 0, is due a unit and finds nothing free, the settled rival with the largest surplus writes 0
    (the quickest of equals), and all get their part when that is settled. Of offers that compete one drains at a time;
    ``draining``: those that shall for another reason."""
    drains: list[Allotted] = []
    for hungry in sorted((o for o in offers if _is_hungry(o, offers, pots)), key=lambda o: (-o.weight, o.offer)):
        group = [o for o in offers if _compete(hungry, o, pots)]
        if any(o.drains or o.offer in draining or any(_compete(o, other, pots) for other in drains) for o in group):
            continue
        surplus = {o.offer: o.shown - allotment(o, offers, pots) for o in group if o.settled and o.shown > 0 and o.exposure == o.shown}
        able = [o for o in group if surplus.get(o.offer, 0) >= 1 and o.refused != 0]
        if able:
            drains.append(min(able, key=lambda o: (-surplus[o.offer], o.delay_s, o.offer)))
    return frozenset(o.offer for o in drains)


def _is_hungry(offer: Allotted, offers: Sequence[Allotted], pots: Pots) -> bool:
    empty = offer.on_sale and offer.settled and offer.shown == 0 and offer.exposure == 0
    return empty and room(offer, offers, pots) == 0 and allotment(offer, offers, pots) >= 1


def decide(offers: Sequence[Allotted], pots: Pots, *, account: AccountId) -> dict[OfferId, int]:
    """What this account's allotted offers send now: 0 to drain, a charged raise, or a repeat of what was lost.

    Never more than the room left after what this same decision charges before it.
    """
    state = {offer.offer: offer for offer in offers}
    over = to_drain(offers, pots)
    drain = over | to_rebalance(offers, pots, over)
    sends: dict[OfferId, int] = {}
    mine = sorted((o for o in offers if o.account == account and not o.waiting), key=lambda o: (-o.weight, o.offer))
    for one in mine:
        if (one.offer in drain or not one.on_sale) and (one.shown > 0 or one.unknown) and one.refused != 0:
            sends[one.offer] = 0
    for one in mine:
        if one.offer in drain or not one.on_sale:
            continue
        now = list(state.values())
        wish = allotment(one, now, pots)
        fitting = min(wish, room(one, now, pots))
        if one.unknown:
            value = wish if wish and fitting == wish else 0
        elif fitting > 0 and (one.shown == 0 or fitting >= 2 * one.shown):
            value = fitting
        else:
            continue
        if value == one.refused:
            continue
        sends[one.offer] = value
        state[one.offer] = replace(one, exposure=one.exposure + value)
    return sends


def is_live(sent: int, read: int, *, shown_before: int | None, accepted_at: datetime, read_at: datetime, live_bound: timedelta) -> bool:
    """Whether a number read back proves that an accepted write is live (F13).

    Below the bound only what the old number cannot explain proves it: more than it was, or the 0 that was sent.
    """
    if sent == 0:
        return read == 0 or read_at - accepted_at >= live_bound
    return read > (shown_before or 0) or read_at - accepted_at >= live_bound


def _compete(one: Allotted, other: Allotted, pots: Pots) -> bool:
    return other.account in pots.rivals(one.account) and not one.parts.keys().isdisjoint(other.parts)


# --- content and lane --------------------------------------------------------------------------------------------


def price_is_plausible(price: int | None, confirmed: int | None, *, approved: int | None = None) -> bool:
    """F12: a price is there, above 0, and within a factor of five of what the channel took last, unless a person confirmed it."""
    if price is None or price <= 0:
        return False
    if confirmed is None or price == approved:
        return True
    return confirmed <= price * PRICE_FACTOR and price <= confirmed * PRICE_FACTOR


def waits_with(waits: Sequence[float], *, last: datetime | None, now: datetime, waited: float) -> list[float]:
    """The greatest wait a minute of the last hour, newest last, moved on to the present minute and raised by ``waited``."""
    kept = [0.0] * (60 - len(waits)) + [float(w) for w in waits[-60:]]
    passed = int(now.timestamp() // 60 - last.timestamp() // 60) if last else 60
    kept = (kept + [0.0] * min(60, max(0, passed)))[-60:]
    kept[-1] = round(max(kept[-1], waited), 3)
    return kept
