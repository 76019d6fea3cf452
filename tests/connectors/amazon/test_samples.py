"""Our samples have the shape of Amazon's own files, so a mapping tested with them is tested with the manual."""

import pytest

from tests import contract_checks
from tests.connectors.amazon.desk import SAMPLES, sample
from tests.shared import shared

shared("contracts", "amazon")

OPERATION = {
    "order_": "getOrder",
    "orders_": "searchOrders",
    "listing_": "getListingsItem",
    "put_": "putListingsItem",
}
NOTIFICATIONS = ("order_change", "order_change_amazon_fulfills")
ANSWERS = sorted(path.stem for path in SAMPLES.glob("*.json") if path.stem not in NOTIFICATIONS)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_sample_is_what_amazon_declares(name: str) -> None:
    operation = next(operation for prefix, operation in OPERATION.items() if name.startswith(prefix))
    contract_checks.check_amazon(operation, 200, sample(name))


@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_a_message_sample_is_what_amazon_declares(name: str) -> None:
    contract_checks.check_amazon_notification("OrderChangeNotification", sample(name))
