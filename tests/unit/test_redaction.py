"""No secret and no buyer survives in the call log or in a log line (P17, X4, X5, X6)."""

import json

import pytest

from entrepot.app.logs import without_personal_data
from entrepot.channels.call_log import redacted

CANARY = "kanarienvogel"
EBAY = {
    "orderId": "12-3", "buyer": {"username": CANARY, "buyerRegistrationAddress": {"fullName": CANARY}},
    "fulfillmentStartInstructions": [{"shippingStep": {"shipTo": {"fullName": CANARY, "contactAddress": {"addressLine1": CANARY}, "email": CANARY}}}],
    "buyerCheckoutNotes": CANARY, "lineItems": [{"title": "A lamp", "quantity": 2}],
}  # fmt: skip
AMAZON = {
    "orders": [{"orderId": "702", "buyer": {"buyerName": CANARY, "buyerEmail": CANARY},
                "recipient": {"deliveryAddress": {"name": CANARY, "phone": CANARY}}, "orderItems": [{"quantityOrdered": 2}]}],
    "pagination": {"nextToken": "stays"}, "paginationToken": "stays",
}  # fmt: skip
TOKENS = {"access_token": CANARY, "refresh_token": CANARY, "client_secret": CANARY, "Authorization": CANARY, "password": CANARY}
QUEUE = {
    "Messages": [{"MessageId": "m", "Body": json.dumps({"NotificationType": "ORDER_CHANGE", "Payload": AMAZON, "text": json.dumps(EBAY)})}]
}
ADDRESSES = dict.fromkeys(
    ("shippingAddress", "BillingAddress", "ship_to", "postal-code", "PostalCode", "fullname", "company_name", "Phone1"), CANARY
)


@pytest.mark.parametrize("document", [EBAY, AMAZON, TOKENS, QUEUE, ADDRESSES, [EBAY, [AMAZON]]])
def test_no_canary_survives_the_call_log_p17(document):
    kept = redacted(json.dumps(document).encode())
    assert CANARY not in kept
    assert json.loads(kept)


def test_what_is_no_secret_stays_readable():
    kept = json.loads(redacted(json.dumps(AMAZON).encode()))
    assert (kept["pagination"]["nextToken"], kept["orders"][0]["orderItems"][0]["quantityOrdered"]) == ("stays", 2)
    assert json.loads(redacted(json.dumps(EBAY).encode()))["lineItems"][0]["title"] == "A lamp"


@pytest.mark.parametrize(
    "body",
    [
        f"<html>{CANARY}".encode(), f'{{"buyer": "{CANARY}'.encode(), CANARY.encode("utf-16"), f"{CANARY}\xff".encode("latin-1"),
        b"[" * 100_000 + CANARY.encode(), json.dumps({"Body": '{"buyer": "' + CANARY}).encode(),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_understood_is_only_measured_p17_f4(body):
    assert CANARY not in redacted(body)


def test_an_empty_body_and_half_a_character_are_kept_as_what_the_database_can_hold():
    assert redacted(b"") == ""
    redacted(b'{"note": "a\\ud800"}').encode()


def test_no_canary_survives_a_log_line_p17_x6():
    class Odd:
        def __repr__(self) -> str:
            return "Odd(kanarienvogel@example.com)"

    line = without_personal_data(None, "info", {
        "event": "mail to kanarienvogel@example.com", "email": CANARY, "buyer_name": CANARY, "refresh_token": CANARY,
        "order": {"recipient": CANARY, "lines": [{"note": "kanarienvogel@example.com", "phone": CANARY}]},
        "error": ValueError("kanarienvogel@example.com"), "what": Odd(), "card": "4111 1111 1111 1111", "took_ms": 5, "ok": True,
        "exception": "Traceback ... kanarienvogel@example.com",
    })  # fmt: skip
    assert CANARY not in json.dumps(line, default=repr)
    assert "4111" not in json.dumps(line, default=repr)
    assert (line["took_ms"], line["ok"]) == (5, True)
