"""Level 3: no lost answer, pause or half-done batch makes a second listing or a wrong number."""

from dataclasses import replace

from entrepot.channels.conformance.report import Level
from entrepot.channels.conformance.trial import Failed, Trial, check, expect
from entrepot.channels.contract import ChannelError, Outcome

HERE = Level.SELLS_SAFELY
TAKEN = (Outcome.LIVE, Outcome.ACCEPTED)
MOST_CALLS = 25


@check(HERE)
def lost_while_publishing(trial: Trial) -> None:
    """F3: whichever answer is lost while publishing, the repeat makes no second listing."""
    for lost in range(MOST_CALLS):
        content = trial.content(5)
        trial.world.fault("F3", after=lost)
        trial.publish(content)
        seen = trial.shown(content)
        expect(seen.live and seen.quantity == 5, f"answer {lost + 1} lost: the buyer sees {seen}")
        if not _still_planned(trial):
            return
    raise Failed(f"publishing one offer takes more than {MOST_CALLS} calls")


@check(HERE)
def lost_while_publishing_a_group(trial: Trial) -> None:
    """F3: the same for a variation group."""
    for lost in range(MOST_CALLS):
        family = trial.family("S", "M", quantity=3)
        trial.world.fault("F3", after=lost)
        trial.publish(*family)
        for one in family:
            seen = trial.shown(one)
            expect(seen.live and seen.quantity == 3, f"answer {lost + 1} lost: the buyer sees {seen}")
        if not _still_planned(trial):
            return
    raise Failed(f"publishing two variations takes more than {MOST_CALLS} calls")


def _still_planned(trial: Trial) -> bool:
    """Whether the last publish was long enough to meet the fault: every answer of it has been lost once when it was not."""
    before = trial.world.calls()
    try:
        trial.account.read_listings([next(iter(trial.published))])
    except ChannelError:
        trial.world.clear_faults()
        return False
    trial.world.clear_faults()
    return trial.world.calls() > before


@check(HERE)
def lost_availability(trial: Trial) -> None:
    """F3: a lost answer to a quantity is unknown, never a success or a refusal; the repeat is exact."""
    for how in ("drop", "504"):
        (offer,) = trial.publish(trial.content(9))
        trial.world.fault("F3", how=how)
        receipt = trial.show(offer, 4, 1)
        expect(receipt.outcome is Outcome.UNKNOWN, f"the answer was lost ({how}) and the receipt is {receipt.outcome}")
        expect(receipt.problems, "the receipt does not say why it is unknown")
        trial.breathe()
        expect(trial.show(offer, 2, 2).outcome in TAKEN, "the repeat was not taken")
        trial.settle()
        expect(trial.shown(offer).quantity == 2, f"the buyer sees {trial.shown(offer).quantity}, not 2")


@check(HERE)
def garbled_availability(trial: Trial) -> None:
    """F4: an answer to a quantity that cannot be read is unknown too."""
    (offer,) = trial.publish(trial.content(9))
    for how in ("truncated", "html", "empty"):
        trial.world.fault("F4", how=how)
        receipt = trial.show(offer, 4)
        expect(receipt.outcome is Outcome.UNKNOWN, f"the answer was {how} and the receipt is {receipt.outcome}")
        trial.breathe()


@check(HERE)
def throttled_batch(trial: Trial) -> None:
    """F1: throttled in the middle of a batch, what was sent keeps its receipt and the rest has none."""
    offers = trial.publish(*(trial.content(5) for _ in range(3)))
    wanted = [trial.wanted(offer, place) for place, offer in enumerate(offers)]
    trial.world.fault("F1", after=1, times=None, retry_after_s=30)
    receipts = trial.account.set_availability(wanted)
    expect(0 < len(receipts) < 3, f"{len(receipts)} receipts of 3, one call was let through")
    expect(all(receipt.outcome in TAKEN for receipt in receipts), f"the receipts are {[one.outcome for one in receipts]}")
    trial.world.clear_faults()
    trial.settle()
    sent = {receipt.offer for receipt in receipts}
    for one, offer in zip(wanted, offers, strict=True):
        seen, right = trial.shown(offer).quantity, one.quantity if one.offer in sent else 5
        expect(seen == right, f"{offer.sku} {'was' if one.offer in sent else 'was not'} sent, and the buyer sees {seen}")
    rest = [one for one in wanted if one.offer not in sent]
    expect(all(receipt.outcome in TAKEN for receipt in trial.account.set_availability(rest)), "the rest was not taken later")
    trial.settle()
    expect([trial.shown(offer).quantity for offer in offers] == [0, 1, 2], "the quantities are not exact in the end")


@check(HERE)
def throttled_at_once(trial: Trial) -> None:
    """F1: throttled before anything was sent, the error itself is raised."""
    (offer,) = trial.publish(trial.content(5))
    trial.world.fault("F1", times=None, retry_after_s=30)
    try:
        receipts = trial.account.set_availability([trial.wanted(offer, 1)])
    except ChannelError:
        trial.world.clear_faults()
        trial.settle()
        expect(trial.shown(offer).quantity == 5, "the quantity changed all the same")
        return
    raise Failed(f"no error was raised; the receipts are {receipts}")


@check(HERE)
def token_ends_while_selling(trial: Trial) -> None:
    """F5: a token that ends in the middle of a batch is renewed, and every offer is taken."""
    offers = trial.publish(*(trial.content(5) for _ in range(3)))
    trial.world.fault("F5", after=1)
    receipts = trial.account.set_availability([trial.wanted(offer, 1) for offer in offers])
    expect(len(receipts) == 3 and all(receipt.outcome in TAKEN for receipt in receipts), f"the receipts are {receipts}")
    trial.settle()
    expect([trial.shown(offer).quantity for offer in offers] == [1, 1, 1], "not every number is shown")


@check(HERE)
def lost_while_ending(trial: Trial) -> None:
    """F3: whichever answer is lost while ending, the repeat ends the offer and says so."""
    for lost in range(6):
        single, family = trial.publish(trial.content()), trial.publish(*trial.family("S", "M"))
        batch = [trial.wanted(one, 0) for one in (*single, *family)]
        trial.world.fault("F3", after=lost)
        trial.attempt(trial.account.end, batch)
        trial.world.clear_faults()
        trial.breathe()
        outcomes = [receipt.outcome for receipt in trial.account.end(batch)]
        expect(len(outcomes) == 3 and set(outcomes) <= set(TAKEN), f"answer {lost + 1} lost: the repeat gives {outcomes}")
        trial.settle()
        live = [row.sku for row in trial.world.listings() if row.live]
        expect(not live, f"answer {lost + 1} lost: still live: {live}")


@check(HERE)
def end_is_final(trial: Trial) -> None:
    """An ended offer stays ended: a late quantity or revision does not bring it back."""
    (offer,) = trial.publish(trial.content(3))
    trial.account.end([trial.wanted(offer, 0)])
    trial.settle()
    trial.attempt(trial.account.set_availability, [trial.wanted(offer, 8)])
    trial.attempt(trial.account.revise, [replace(offer, price=trial.price("44"))])
    trial.settle()
    live = [row for row in trial.world.listings() if row.sku == offer.sku and row.live]
    expect(not live, f"it is live again: {live}")


@check(HERE)
def revision_keeps_sales(trial: Trial) -> None:
    """A revision of variations touches no quantity, also when the group changes."""
    small, medium = trial.publish(*trial.family("S", "M"))
    trial.world.buy(small.sku, 3)
    group = replace(small.group, title="Another shirt") if small.group else None
    receipts = trial.account.revise([replace(one, group=group, price=trial.price("25")) for one in (small, medium)])
    expect(all(receipt.outcome in TAKEN for receipt in receipts), f"the receipts are {receipts}")
    trial.settle()
    shown = [(trial.shown(one).quantity, float(trial.shown(one).price)) for one in (small, medium)]
    expect(shown == [(1, 25.0), (4, 25.0)], f"the variations show {shown}")


@check(HERE)
def another_process(trial: Trial) -> None:
    """Everything is found again by another process that remembers nothing but SKUs."""
    (offer,) = trial.publish(trial.content(5))
    trial.reopen()
    forgotten = replace(offer, remote_id=None)
    expect(trial.show(forgotten, 2).outcome in TAKEN, "the quantity was not taken without the remote id")
    (receipt,) = trial.account.publish([replace(forgotten, quantity=2)])
    expect(receipt.outcome in TAKEN and receipt.remote_id == offer.remote_id, f"published again it is {receipt}")
    trial.settle()
    expect(trial.shown(offer).quantity == 2, f"the buyer sees {trial.shown(offer).quantity}")
