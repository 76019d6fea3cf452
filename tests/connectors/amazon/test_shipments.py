"""A package is told once, whatever happens to the answer."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from entrepot.base.ids import RemoteId
from entrepot.channels.contract import Refused, Shipment, ShipmentLine, Unavailable
from tests.connectors.amazon.desk import STORE, Desk, opened, sample

ORDER = RemoteId("303-1000001-2000001")
CONFIRM = "/orders/v0/orders/303-1000001-2000001/shipmentConfirmation"
NO = (400, {"errors": [{"code": "InvalidInput", "message": "all items of the order are confirmed"}]})
DONE = (204, None)


def package(**changed: Any) -> Shipment:
    given: dict[str, Any] = {
        "order": ORDER,
        "reference": 7,
        "lines": (ShipmentLine(RemoteId("10000000000001"), 2),),
        "carrier": "royal_mail",
        "tracking": "RM123",
        "shipped_at": datetime(2026, 11, 21, 8, 30, 15, 999, tzinfo=UTC),
    }
    return Shipment(**{**given, **changed})


def order_with(*packages: dict[str, Any]) -> tuple[int, Any]:
    raw = sample("order_unshipped")
    raw["order"]["packages"] = list(packages)
    return 200, raw


def test_a_package_is_confirmed_under_our_reference() -> None:
    desk = Desk().on("POST", CONFIRM, DONE)
    opened(desk).confirm_shipment(package())
    (asked,) = desk.asked("POST", "shipmentConfirmation")
    assert json.loads(asked.content) == {
        "marketplaceId": STORE,
        "packageDetail": {
            "packageReferenceId": "7",
            "carrierCode": "Royal Mail",
            "trackingNumber": "RM123",
            "shipDate": "2026-11-21T08:30:15Z",
            "orderItems": [{"orderItemId": "10000000000001", "quantity": 2}],
        },
    }
    assert len(desk.asked("GET")) == 0


def test_a_carrier_amazon_has_no_code_for_goes_by_its_name() -> None:
    desk = Desk().on("POST", CONFIRM, DONE)
    opened(desk).confirm_shipment(package(carrier="Brieftaube GmbH"))
    detail = json.loads(desk.asked("POST", "shipmentConfirmation")[0].content)["packageDetail"]
    assert (detail["carrierCode"], detail["carrierName"]) == ("Other", "Brieftaube GmbH")


def test_F3_a_repeat_that_amazon_refuses_because_it_has_the_package_is_done() -> None:
    desk = Desk().on("POST", CONFIRM, NO).on("GET", "/orders/2026", order_with({"packageReferenceId": "7", "trackingNumber": "RM123"}))
    opened(desk).confirm_shipment(package())


@pytest.mark.parametrize(
    "known",
    [
        order_with(),
        order_with({"packageReferenceId": "7", "trackingNumber": "OTHER"}),
        order_with({"packageReferenceId": "8", "trackingNumber": "RM123"}),
        (404, {"errors": [{"code": "NotFound", "message": "no such order"}]}),
    ],
    ids=["no package", "other tracking", "other reference", "no order"],
)
def test_a_refusal_of_a_package_amazon_does_not_have_is_refused_with_its_first_reason(known: Any) -> None:
    desk = Desk().on("POST", CONFIRM, NO).on("GET", "/orders/2026", known)
    with pytest.raises(Refused, match="all items of the order are confirmed"):
        opened(desk).confirm_shipment(package())


def test_F3_a_lost_answer_is_told_as_lost() -> None:
    desk = Desk().on("POST", CONFIRM, (503, {"errors": [{"code": "ServiceUnavailable", "message": "down"}]}))
    with pytest.raises(Unavailable) as caught:
        opened(desk).confirm_shipment(package())
    assert caught.value.sent
