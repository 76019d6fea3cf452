"""Reading offers, and explaining every number a channel is shown."""

from collections.abc import Sequence

from django.utils.translation import gettext, gettext_noop

from entrepot.base import sql
from entrepot.base.errors import NotFound
from entrepot.base.ids import AccountId, LocationId, OfferId, Sku, VariantId
from entrepot.catalog import queries as catalog
from entrepot.inventory import queries as inventory
from entrepot.inventory.types import Explanation, LevelView, Step
from entrepot.listings import exposure, rules
from entrepot.listings.models import Offer, OfferShown
from entrepot.listings.types import ListingState, OfferView, WantedState

PACKAGE = "entrepot.listings"

# The labels of steps, here so that translators find them; ``rules`` knows no Django.
LABELS = (
    gettext_noop("on hand at {location}"),
    gettext_noop("reserved at {location}"),
    gettext_noop("kept back as safety stock at {location}"),
    gettext_noop("{location} does not feed this channel, or is paused"),
    gettext_noop("can be packed at {location}"),
    gettext_noop("{sku}: {atp} may be promised, {units} a kit"),
    gettext_noop("promised to allotted offers"),
    gettext_noop("share of this channel {percent} %"),
    gettext_noop("held back from this channel"),
    gettext_noop("shown at most {cap}"),
    gettext_noop("delisted everywhere"),
    gettext_noop("a channel is refilled when half of {cap} is sold"),
    gettext_noop("the channel refused {refused}"),
    gettext_noop("set by hand at the channel and left"),
    gettext_noop("this channel's part of an allotted stock"),
    gettext_noop("a change must fit beside what channels may still sell ({exposed})"),
    gettext_noop("not on sale on this channel"),
)


def offers(
    *,
    account: AccountId | None = None,
    variant: VariantId | None = None,
    state: ListingState | None = None,
    after: OfferId | None = None,
    limit: int = 100,
) -> list[OfferView]:
    """Offers in the order they were made; ``after`` is the last one of the page before."""
    rows = Offer.objects.select_related("account", "variant").order_by("pk")
    if account is not None:
        rows = rows.filter(account_id=account)
    if variant is not None:
        rows = rows.filter(variant_id=variant)
    if state is not None:
        rows = rows.filter(state=state.value)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return _views(list(rows[:limit]))


def offer(one: OfferId) -> OfferView:
    """Raises: NotFound."""
    found = list(Offer.objects.select_related("account", "variant").filter(pk=one))
    if not found:
        raise NotFound(gettext("There is no offer {id}.").format(id=one))
    return _views(found)[0]


def explain(variant: VariantId, account: AccountId) -> Explanation:
    """Why this account shows that number of a variant: steps that sum to it.

    The number is what the lane makes true: what it is told now, or what stays because nothing is sent. Raises: NotFound when the
    variant has no offer there.
    """
    shown = OfferShown.objects.select_related("offer__account").filter(variant_id=variant, account_id=account).order_by("offer_id").first()
    if shown is None:
        raise NotFound(gettext("This variant has no offer on this channel. Create one first."))
    parts, steps = _stock(variant, account)
    on_sale = shown.offer.recalled or (shown.offer.wanted == WantedState.LIVE and shown.offer.state != ListingState.REFUSED)
    if not on_sale:
        number = sum(step.amount for step in steps)
        return _explanation([*steps, Step("P7", "not on sale on this channel", -number, {})])
    if exposure.is_allotted([part.variant for part in parts]):
        return _explanation([*steps, *_allotted(shown, sum(step.amount for step in steps), parts)])
    return _explanation([*steps, *_pooled(shown, parts)])


def as_text(explanation: Explanation) -> str:
    """One line a step, signed, and the answer; in the active language."""
    lines = [f"{step.amount:+d}  {gettext(step.label).format(**step.values)} ({step.rule})" for step in explanation.steps]
    return "\n".join([*lines, f"= {explanation.answer}"])


def terms_of(one: Offer) -> rules.Terms:
    """An offer's own settings, or its account's."""
    account = one.account
    return rules.Terms(
        share_percent=account.share_percent if one.share_percent is None else one.share_percent,
        cap=account.cap if one.cap is None else one.cap,
        holdback=account.holdback if one.holdback is None else one.holdback,
        recalled=one.recalled,
    )


def _stock(variant: VariantId, account: AccountId) -> tuple[list[rules.Part], list[Step]]:
    """What an offer takes from, and the steps to what can be packed for it."""
    components = catalog.components_of([variant]).get(variant)
    wanted = components or [(variant, 1)]
    feeding = {row.location_id for row in sql.rows(PACKAGE, "feeding", {"account": account})}
    levels = inventory.levels([part for part, _ in wanted])
    exposed = exposure.exposed([part for part, _ in wanted])
    parts = [
        rules.Part(
            part, units, {lv.location: lv.atp for lv in levels if lv.variant == part and lv.location in feeding}, exposed.get(part, 0)
        )
        for part, units in wanted
    ]
    return parts, _kit_steps(parts, levels) if components else _level_steps(levels, feeding)


def _level_steps(levels: Sequence[LevelView], feeding: set[LocationId]) -> list[Step]:
    steps = []
    for level in levels:
        place: dict[str, str | int] = {"location": level.location_name}
        kept = min(level.safety_stock, level.on_hand - level.reserved)
        steps.append(Step("ST1", "on hand at {location}", level.on_hand, place))
        steps.append(Step("ST1", "reserved at {location}", -level.reserved, place))
        steps.append(Step("ST2", "kept back as safety stock at {location}", -kept, place))
        if level.location not in feeding:
            steps.append(Step("ST1", "{location} does not feed this channel, or is paused", -level.atp, place))
    return [step for step in steps if step.amount]


def _kit_steps(parts: Sequence[rules.Part], levels: Sequence[LevelView]) -> list[Step]:
    names = {level.location: level.location_name for level in levels}
    steps = [
        Step(
            "DESIGN 4",
            "{sku}: {atp} may be promised, {units} a kit",
            0,
            {"sku": catalog.sku_of(part.variant), "atp": sum(part.atp.values()), "units": part.units},
        )
        for part in parts
    ]
    for place in sorted(set.intersection(*(set(part.atp) for part in parts)), key=lambda found: names[found]):
        packs = min(part.atp[place] // part.units for part in parts)
        steps.append(Step("DESIGN 4", "can be packed at {location}", packs, {"location": names[place]}))
    return steps


def _pooled(shown: OfferShown, parts: Sequence[rules.Part]) -> list[Step]:
    """The steps of ST3, and the one that says why another number stays, where it does."""
    terms = terms_of(shown.offer)
    wanted = rules.pooled_explanation(parts, terms)
    steps = list(wanted.steps)
    believed = shown.shown if shown.in_flight is None else shown.in_flight
    stays = (believed or 0) - wanted.answer
    if shown.manual_quantity is not None and shown.manual_quantity <= rules.available(parts):
        steps.append(Step("F14", "set by hand at the channel and left", stays, {}))
    elif not rules.should_send(wanted.answer, believed, cap=terms.cap, unknown=shown.unknown, refused=shown.refused_quantity):
        refused = wanted.answer == shown.refused_quantity
        label = "the channel refused {refused}" if refused else "a channel is refilled when half of {cap} is sold"
        values: dict[str, str | int] = {"refused": wanted.answer, "cap": terms.cap or 0}
        steps.append(Step("PROMISE 19" if not refused else "F13", label, stays, values))
    return [step for step in steps if step.amount]


def _allotted(shown: OfferShown, number: int, parts: Sequence[rules.Part]) -> list[Step]:
    """From what can be packed to the allotment, and to what may really be shown beside the others' exposure."""
    stock = [part.variant for part in parts]
    offers_now, pots = exposure.state(stock)
    mine = next((one for one in offers_now if one.offer == shown.offer_id), None)
    if mine is None:
        return [Step("PROMISE 7", "this channel's part of an allotted stock", -number, {})]
    part = rules.allotment(mine, offers_now, pots)
    sends = rules.decide(offers_now, pots, account=AccountId(shown.account_id))
    believed = shown.in_flight if shown.in_flight is not None else shown.shown or 0
    final = sends.get(OfferId(shown.offer_id), believed)
    exposed = sum(one.exposure for one in offers_now)
    steps = [
        Step("PROMISE 7", "this channel's part of an allotted stock", part - number, {}),
        Step("PROMISE 6", "a change must fit beside what channels may still sell ({exposed})", final - part, {"exposed": exposed}),
    ]
    return [step for step in steps if step.amount]


def _explanation(steps: Sequence[Step]) -> Explanation:
    return Explanation(sum(step.amount for step in steps), list(steps))


def _views(rows: Sequence[Offer]) -> list[OfferView]:
    shown = {row.offer_id: row for row in OfferShown.objects.filter(offer_id__in=[row.pk for row in rows])}
    wanted: dict[int, int] = {}
    for account in {row.account_id for row in rows}:
        own = [row for row in rows if row.account_id == account]
        params = {"account": account, "variants": [row.variant_id for row in own], "offers": [row.pk for row in own]}
        wanted |= {plan.offer_id: plan.quantity for plan in sql.rows(PACKAGE, "plan", params) if not plan.allotted}
    return [_view(row, shown.get(row.pk), wanted.get(row.pk)) for row in rows]


def _view(row: Offer, shown: OfferShown | None, wanted: int | None) -> OfferView:
    return OfferView(
        id=OfferId(row.pk),
        account=AccountId(row.account_id),
        account_name=row.account.name,
        variant=VariantId(row.variant_id),
        sku=Sku(row.variant.sku),
        channel_sku=row.channel_sku,
        market=row.market,
        price_minor=row.price_minor,
        currency=row.account.currency,
        wanted=WantedState(row.wanted),
        state=ListingState(row.state),
        wanted_quantity=wanted,
        shown_quantity=shown.shown if shown else None,
        shown_at=shown.shown_at if shown else None,
        problems=[*row.problems, *(shown.problems if shown else [])],
    )
