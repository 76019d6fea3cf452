"""Level 2: what is published can be bought, at the price and quantity asked for, alone or as a variation."""

from dataclasses import replace

from entrepot.channels.conformance.report import Level
from entrepot.channels.conformance.trial import Trial, check, expect
from entrepot.channels.contract import EndsOffers, Outcome, PublishesOffers, ReadsListings, RevisesOffers, SetsAvailability

HERE = Level.SELLS
ABILITIES = (PublishesOffers, RevisesOffers, EndsOffers, SetsAvailability, ReadsListings)


@check(HERE)
def abilities(trial: Trial) -> None:
    """It publishes, revises, ends, sets availability and reads back."""
    missing = [ability.__name__ for ability in ABILITIES if not isinstance(trial.account, ability)]
    expect(not missing, f"missing: {', '.join(missing)}")


@check(HERE)
def published(trial: Trial) -> None:
    """A published offer shows its title, price and quantity and can be bought."""
    (offer,) = trial.publish(trial.content(7))
    seen = trial.shown(offer)
    expect(seen.live and seen.quantity == 7, f"the buyer sees live {seen.live}, quantity {seen.quantity}")
    expect(seen.title == offer.title, f"the title is {seen.title!r}")
    expect(float(seen.price) == float(offer.price.major()), f"the price is {seen.price}")
    trial.world.buy(offer.sku, 1)
    expect(trial.shown(offer).quantity == 6, "a sale did not lower the quantity")


@check(HERE)
def published_group(trial: Trial) -> None:
    """A variation group is published, each variation with its own quantity; a later member joins it."""
    small, medium, large = trial.family("S", "M", "L")
    trial.publish(small, replace(medium, quantity=2))
    trial.publish(large)
    quantities = [trial.shown(one).quantity for one in (small, medium, large)]
    expect(quantities == [4, 2, 4], f"the variations show {quantities}")
    trial.world.buy(medium.sku, 1)


@check(HERE)
def published_twice(trial: Trial) -> None:
    """Publishing what is live makes no second listing."""
    (offer,) = trial.publish(trial.content(3))
    family = trial.publish(*trial.family("S", "M"))
    (again,) = trial.publish(replace(offer, quantity=4))
    trial.publish(*family)
    expect(again.remote_id == offer.remote_id, f"the remote id went from {offer.remote_id} to {again.remote_id}")
    expect(trial.shown(offer).quantity == 4, f"the buyer sees {trial.shown(offer).quantity}, the last publish said 4")
    expect(len(trial.world.listings()) == 3, f"{len(trial.world.listings())} listings for three SKUs")


@check(HERE)
def refused_item(trial: Trial) -> None:
    """One bad offer in a batch is refused with a reason; the others go live."""
    good, bad, other = trial.content(), trial.content(title=""), trial.content()
    receipts = {receipt.offer: receipt for receipt in trial.account.publish([good, bad, other])}
    expect(set(receipts) == {good.offer, bad.offer, other.offer}, f"receipts for {sorted(receipts)}")
    refused = receipts[bad.offer]
    expect(refused.outcome is Outcome.REFUSED, f"an offer without a title is {refused.outcome}")
    expect(refused.problems and refused.problems[0].message, "the refusal has no reason")
    expect(any(problem.field == "title" for problem in refused.problems), f"the reason names {refused.problems}, not the title")
    trial.settle()
    expect(trial.shown(good).live and trial.shown(other).live, "a good offer of the batch is not live")
    expect(not any(row.sku == bad.sku and row.live for row in trial.world.listings()), "the refused offer is live")


@check(HERE)
def refused_variation(trial: Trial) -> None:
    """One bad variation is refused; its sisters go live."""
    small, medium = trial.family("S", "M")
    receipts = {receipt.offer: receipt for receipt in trial.account.publish([small, replace(medium, price=trial.price("-1"))])}
    expect(receipts[medium.offer].outcome is Outcome.REFUSED, f"a negative price is {receipts[medium.offer].outcome}")
    expect(receipts[small.offer].outcome is not Outcome.REFUSED, "the good variation was refused too")
    trial.settle()
    expect(trial.shown(small).live, "the good variation is not live")


@check(HERE)
def revised(trial: Trial) -> None:
    """A revision changes title and price and leaves the quantity as it is, also after a sale."""
    (offer,) = trial.publish(trial.content(9))
    trial.world.buy(offer.sku, 2)
    wanted = replace(offer, title="A lamp with another name", price=trial.price("31"), description="Another text.", quantity=5)
    (receipt,) = trial.account.revise([wanted])
    expect(receipt.outcome in (Outcome.LIVE, Outcome.ACCEPTED), f"the revision is {receipt.outcome}: {receipt.problems}")
    trial.settle()
    seen = trial.shown(offer)
    expect(seen.title == wanted.title, f"the title is {seen.title!r}")
    expect(float(seen.price) == 31, f"the price is {seen.price}")
    expect(seen.quantity == 7, f"the quantity went from 7 to {seen.quantity}")


@check(HERE)
def availability_exact(trial: Trial) -> None:
    """The quantity shown is exactly the one set last; zero keeps the offer, and it comes back."""
    (offer,) = trial.publish(trial.content(5))
    for version, quantity in enumerate((12, 1, 0, 3), start=1):
        receipt = trial.show(offer, quantity, version)
        expect(receipt.outcome in (Outcome.LIVE, Outcome.ACCEPTED), f"{quantity} is {receipt.outcome}: {receipt.problems}")
        expect(receipt.version == version and receipt.offer == offer.offer, f"the receipt is for {receipt.offer}/{receipt.version}")
        trial.settle()
        expect(trial.shown(offer).quantity == quantity, f"set to {quantity}, the buyer sees {trial.shown(offer).quantity}")


@check(HERE)
def availability_batch(trial: Trial) -> None:
    """A full batch gets one receipt an offer, and every offer shows its own number."""
    offers = trial.publish(*(trial.content(1) for _ in range(min(5, trial.connector.limits.items_a_call))))
    wanted = [trial.wanted(offer, place + 2, place + 1) for place, offer in enumerate(offers)]
    receipts = trial.account.set_availability(wanted)
    expect([receipt.offer for receipt in receipts] == [one.offer for one in wanted], "not one receipt an offer, in order")
    trial.settle()
    shown = [trial.shown(offer).quantity for offer in offers]
    expect(shown == [one.quantity for one in wanted], f"the buyer sees {shown}")


@check(HERE)
def read_back(trial: Trial) -> None:
    """What is read back is what a buyer sees; an unknown SKU is left out."""
    single, family = trial.publish(trial.content(6)), trial.publish(*trial.family("S", "M"))
    trial.show(single[0], 2)
    trial.settle()
    every = [*single, *family]
    found = {listing.sku: listing for listing in trial.account.read_listings([*(one.sku for one in every), "CONFORM-UNKNOWN"])}
    expect(set(found) == {one.sku for one in every}, f"read back: {sorted(found)}")
    for one in every:
        seen, listing = trial.shown(one), found[one.sku]
        expect((listing.live, listing.quantity) == (seen.live, seen.quantity), f"{one.sku}: read {listing}, the buyer sees {seen}")
        expect(listing.price == one.price, f"{one.sku}: the price read is {listing.price}")
    streamed = {listing.sku for listing in trial.account.all_listings()}
    expect(streamed >= {one.sku for one in every}, f"all_listings left out {sorted({one.sku for one in every} - streamed)}")


@check(HERE)
def ended(trial: Trial) -> None:
    """An ended offer is off sale; ending one that is gone or never was is done."""
    single, family = trial.publish(trial.content()), trial.publish(*trial.family("S", "M"))
    stranger = trial.content()
    batch = [trial.wanted(one, 0) for one in (*single, *family, stranger)]
    for _ in range(2):
        receipts = trial.account.end(batch)
        expect([receipt.offer for receipt in receipts] == [one.offer for one in batch], "not one receipt an offer")
        wrong = [receipt for receipt in receipts if receipt.outcome not in (Outcome.LIVE, Outcome.ACCEPTED)]
        expect(not wrong, f"not ended: {wrong}")
    trial.settle()
    live = [row.sku for row in trial.world.listings() if row.live]
    expect(not live, f"still live: {live}")


@check(HERE)
def one_variation_ended(trial: Trial) -> None:
    """Ending one variation leaves its sisters on sale."""
    small, medium = trial.publish(*trial.family("S", "M"))
    (receipt,) = trial.account.end([trial.wanted(small, 0)])
    expect(receipt.outcome in (Outcome.LIVE, Outcome.ACCEPTED), f"it is {receipt.outcome}: {receipt.problems}")
    trial.settle()
    gone = [row for row in trial.world.listings() if row.sku == small.sku and row.live and row.quantity > 0]
    expect(not gone, f"the ended variation can be bought: {gone}")
    expect(trial.shown(medium).live and trial.shown(medium).quantity == 4, f"its sister shows {trial.shown(medium)}")


@check(HERE)
def published_again(trial: Trial) -> None:
    """What was ended can be published again."""
    (offer,) = trial.publish(trial.content(3))
    trial.account.end([trial.wanted(offer, 0)])
    trial.settle()
    del trial.published[offer.sku]
    trial.publish(replace(offer, quantity=2, remote_id=None))
    seen = trial.shown(offer)
    expect(seen.live and seen.quantity == 2, f"the buyer sees live {seen.live}, quantity {seen.quantity}")
