"""The suite must turn red for a connector that is wrong: each of these is the eBay connector with one thing spoiled."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

from entrepot.base.ids import RemoteId
from entrepot.channels.conformance import Level, Report, Result, SandboxWorld
from entrepot.channels.conformance.suite import checks, result_of, run
from entrepot.channels.contract import (
    ChannelError,
    ChannelOrder,
    Hint,
    OfferContent,
    Outcome,
    Page,
    Receipt,
    Shipment,
    Throttled,
    Unavailable,
    Wanted,
)
from entrepot.connectors.ebay import CONNECTOR, notifications, write
from entrepot.connectors.ebay.account import EbayAccount
from entrepot_sandbox.core.server import running

SETTINGS = {"location_postcode": "97205", "alert_email": "alerts@example.com"}


@pytest.fixture(scope="module")
def world() -> Iterator[SandboxWorld]:
    with running("ebay", seed=0) as printed:
        world = SandboxWorld(printed["channels"]["ebay"], settings=SETTINGS)
        yield world
        world.close()


class NeverLooksFirst(EbayAccount):
    def _offer(self, sku: str) -> None:
        return None


class RevisesTheQuantity(EbayAccount):
    def _revise_one(self, content: OfferContent) -> Receipt:
        self.set_availability([Wanted(content.offer, content.sku, content.quantity, 0, content.remote_id)])
        return super()._revise_one(content)


class CallsLostDone(EbayAccount):
    def set_availability(self, wanted: Sequence[Wanted]) -> list[Receipt]:
        receipts = super().set_availability(wanted)
        return [replace(one, outcome=Outcome.ACCEPTED) if one.outcome is Outcome.UNKNOWN else one for one in receipts]


class CallsLostRefused(EbayAccount):
    def set_availability(self, wanted: Sequence[Wanted]) -> list[Receipt]:
        receipts = super().set_availability(wanted)
        return [replace(one, outcome=Outcome.REFUSED) if one.outcome is Outcome.UNKNOWN else one for one in receipts]


class GivesReceiptsForTheUnsent(EbayAccount):
    def set_availability(self, wanted: Sequence[Wanted]) -> list[Receipt]:
        receipts = {one.offer: one for one in super().set_availability(wanted)}
        return [receipts.get(one.offer, Receipt(one.offer, Outcome.ACCEPTED, one.version)) for one in wanted]


class SwallowsThrottling(EbayAccount):
    def set_availability(self, wanted: Sequence[Wanted]) -> list[Receipt]:
        try:
            return super().set_availability(wanted)
        except Throttled:
            return []


class ShowsOneTooMany(EbayAccount):
    def set_availability(self, wanted: Sequence[Wanted]) -> list[Receipt]:
        return super().set_availability([replace(one, quantity=one.quantity + 1) for one in wanted])


class EndsByZero(EbayAccount):
    def end(self, offers: Sequence[Wanted]) -> list[Receipt]:
        return self.set_availability([replace(one, quantity=0) for one in offers])


class EndsTheWholeGroup(EbayAccount):
    def _is_live(self, sku: str) -> bool:
        return False


class RepublishesByQuantity(EbayAccount):
    def set_availability(self, wanted: Sequence[Wanted]) -> list[Receipt]:
        receipts = super().set_availability(wanted)
        for one in wanted:
            if one.remote_id and not self._is_live(one.sku):
                self.client.publish_offer(one.remote_id)
        return receipts


class StopsAtTheFirstPage(EbayAccount):
    def read_orders(self, *, since: datetime, until: datetime, cursor: str | None = None) -> Page:
        return replace(super().read_orders(since=since, until=until, cursor=cursor), cursor=None)


class NeverEnds(EbayAccount):
    def read_orders(self, *, since: datetime, until: datetime, cursor: str | None = None) -> Page:
        return replace(super().read_orders(since=since, until=until), cursor="again")


class ReadsBrokenAnswersAsNothing(EbayAccount):
    def read_orders(self, *, since: datetime, until: datetime, cursor: str | None = None) -> Page:
        try:
            return super().read_orders(since=since, until=until, cursor=cursor)
        except ChannelError:
            return Page([])


class InventsOrderIds(EbayAccount):
    def read_orders(self, *, since: datetime, until: datetime, cursor: str | None = None) -> Page:
        page = super().read_orders(since=since, until=until, cursor=cursor)
        return replace(page, orders=[replace(one, remote_id=RemoteId(f"{one.remote_id}-{id(page)}")) for one in page.orders])


class TakesARequestForACancellation(EbayAccount):
    def read_order(self, remote_id: RemoteId) -> ChannelOrder:
        return replace(super().read_order(remote_id), cancel_requested=False, lines=[])


class ShipsWithoutLooking(EbayAccount):
    def confirm_shipment(self, shipment: Shipment) -> None:
        self.client.create_fulfillment(shipment.order, write.fulfillment(replace(shipment, tracking="")))


class BelievesEveryMessage(EbayAccount):
    def hints(self, headers: Mapping[str, str], body: bytes) -> list[Hint]:
        return notifications.hints(body)


class TellsAnOutageAsRefusal(EbayAccount):
    def read_orders(self, **asked: Any) -> Page:
        try:
            return super().read_orders(**asked)
        except Unavailable:
            return Page([])


class DropsOneOfABatch(EbayAccount):
    def publish(self, offers: Sequence[OfferContent]) -> list[Receipt]:
        return super().publish(offers)[:1]


@dataclass(frozen=True)
class Spoiled:
    account: type[EbayAccount]
    check: str


SPOILED = [
    Spoiled(NeverLooksFirst, "published_twice"),
    Spoiled(NeverLooksFirst, "lost_while_publishing"),
    Spoiled(NeverLooksFirst, "lost_while_publishing_a_group"),
    Spoiled(RevisesTheQuantity, "revised"),
    Spoiled(RevisesTheQuantity, "revision_keeps_sales"),
    Spoiled(CallsLostDone, "lost_availability"),
    Spoiled(CallsLostRefused, "garbled_availability"),
    Spoiled(GivesReceiptsForTheUnsent, "throttled_batch"),
    Spoiled(SwallowsThrottling, "throttled_at_once"),
    Spoiled(ShowsOneTooMany, "availability_exact"),
    Spoiled(ShowsOneTooMany, "availability_batch"),
    Spoiled(EndsByZero, "ended"),
    Spoiled(EndsByZero, "lost_while_ending"),
    Spoiled(EndsTheWholeGroup, "one_variation_ended"),
    Spoiled(RepublishesByQuantity, "end_is_final"),
    Spoiled(StopsAtTheFirstPage, "token_ends_between_pages"),
    Spoiled(StopsAtTheFirstPage, "busy_window"),
    Spoiled(NeverEnds, "pages_go_wrong"),
    Spoiled(ReadsBrokenAnswersAsNothing, "broken_answers"),
    Spoiled(ReadsBrokenAnswersAsNothing, "throttled"),
    Spoiled(ReadsBrokenAnswersAsNothing, "throttled_silently"),
    Spoiled(ReadsBrokenAnswersAsNothing, "access_revoked"),
    Spoiled(InventsOrderIds, "delivered_often"),
    Spoiled(TakesARequestForACancellation, "complete_order"),
    Spoiled(TakesARequestForACancellation, "cancel_asked"),
    Spoiled(TellsAnOutageAsRefusal, "down"),
    Spoiled(ShipsWithoutLooking, "shipped_once"),
    Spoiled(ShipsWithoutLooking, "lost_shipment"),
    Spoiled(BelievesEveryMessage, "hears_of_orders"),
    Spoiled(DropsOneOfABatch, "refused_item"),
]


@pytest.mark.parametrize("spoiled", SPOILED, ids=lambda one: f"{one.account.__name__}-{one.check}")
def test_a_wrong_connector_fails_the_check(spoiled: Spoiled, world: SandboxWorld) -> None:
    (found,) = [each for each in checks() if each.run.__name__ == spoiled.check]
    result = result_of(found, replace(CONNECTOR, open=spoiled.account), world)
    assert not result.held


def test_a_connector_without_abilities_holds_no_level_and_the_run_ends(world: SandboxWorld) -> None:
    cheap = [each for each in checks() if "page" not in each.run.__name__ and each.run.__name__ != "busy_window"]
    report = run(replace(CONNECTOR, open=lambda access: object()), world, cheap)
    assert report.level is None
    assert "read_orders or read_order is missing" in report.text()


def test_a_level_needs_all_levels_below() -> None:
    held = [Result(level, "a") for level in Level]
    assert Report("x", held).level is Level.COMPLETE
    assert Report("x", [*held, Result(Level.SELLS, "b", "it did not")]).level is Level.READS_ORDERS
    assert [result.name for result in Report("x", [*held, Result(Level.SELLS, "b", "it did not")]).failed] == ["b"]
    assert Report("x", held[:1]).level is Level.READS_ORDERS
    assert Report("x", []).level is None
