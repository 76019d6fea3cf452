"""Messages point at orders; the subscription heals itself; the queue's calls are signed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from entrepot.channels.contract import AccessLost, HintKind, ReadsNotifications, ReadsOrders, Refused, SetsAvailability, Throttled
from entrepot.connectors.amazon.notifications import Read, message
from entrepot.connectors.amazon.queue import signed
from tests.connectors.amazon.desk import QUEUE_URL, SELLER, Desk, opened, sample

ARN = "arn:aws:sqs:eu-west-1:123456789012:orders"
NONE = (404, {"errors": [{"code": "NotFound", "message": "no subscription"}]})
TAKEN = (409, {"errors": [{"code": "Conflict", "message": "there is one"}]})
SECONDS = timedelta(seconds=5)


def subscribed(destination: str) -> tuple[int, Any]:
    return 200, {"payload": {"subscriptionId": "sub-1", "payloadVersion": "1.0", "destinationId": destination}}


def destinations(*arns: str) -> tuple[int, Any]:
    return 200, {"payload": [{"name": "x", "destinationId": f"dest-{n}", "resource": {"sqs": {"arn": arn}}} for n, arn in enumerate(arns)]}


def with_queue(desk: Any) -> Any:
    return opened(desk, settings={"sqs_queue_url": QUEUE_URL})


def posts(desk: Desk, path: str) -> list[Any]:
    return [json.loads(request.content) for request in desk.asked("POST", path)]


# --- messages ----------------------------------------------------------------------------------------------------


def test_a_message_points_at_its_order() -> None:
    hint = message(json.dumps(sample("order_change")), SELLER).hint
    assert hint is not None
    assert (hint.key, hint.kind) == ("d0e9e693-0000-4373-979f-ed4ec98dd746", HintKind.ORDER)
    assert hint.remote_id == "303-1000001-2000001"
    assert hint.sent_at == datetime(2026, 11, 20, 9, 15, 2, 100000, tzinfo=UTC)


def test_what_amazon_fulfills_gives_no_hint() -> None:
    assert message(json.dumps(sample("order_change_amazon_fulfills")), SELLER) == Read(ours=True)


def test_F15_another_sellers_message_is_not_ours() -> None:
    assert message(json.dumps(sample("order_change")), "A2OTHER") == Read(ours=False)


@pytest.mark.parametrize(
    "content",
    ["", "{", "null", "[]", '"text"', '{"NotificationType": "ORDER_CHANGE"}', '{"NotificationType": "OTHER"}', "[" * 100_000, "\ud800"],
    ids=["empty", "cut", "null", "list", "text", "no payload", "other kind", "deep", "surrogate"],
)
def test_F21_a_message_that_cannot_be_read_is_removed_without_a_hint(content: str) -> None:
    assert message(content, SELLER) == Read(ours=True)


def test_F21_an_odd_time_costs_only_the_time() -> None:
    raw = sample("order_change")
    raw["NotificationMetadata"]["PublishTime"] = "soon"
    hint = message(json.dumps(raw), SELLER).hint
    assert hint is not None
    assert hint.sent_at is None


# --- the queue ---------------------------------------------------------------------------------------------------


def test_messages_stay_until_they_are_removed_and_another_sellers_stay_for_good() -> None:
    other = sample("order_change")
    other["Payload"]["OrderChangeNotification"]["SellerId"] = "A2OTHER"
    waiting = [
        {"MessageId": "1", "ReceiptHandle": "ours", "Body": json.dumps(sample("order_change"))},
        {"MessageId": "2", "ReceiptHandle": "theirs", "Body": json.dumps(other)},
        {"MessageId": "3", "ReceiptHandle": "broken", "Body": "{"},
    ]
    desk = Desk().on("POST", "^/$", (200, {"Messages": waiting}))
    hints, remove = with_queue(desk).read_notifications(wait=SECONDS)
    assert [hint.remote_id for hint in hints] == ["303-1000001-2000001"]
    assert [asked.headers["x-amz-target"] for asked in desk.asked("POST", "^/$")] == ["AmazonSQS.ReceiveMessage"]
    remove()
    asked = desk.asked("POST", "^/$")[1]
    assert asked.headers["x-amz-target"] == "AmazonSQS.DeleteMessageBatch"
    assert [entry["ReceiptHandle"] for entry in json.loads(asked.content)["Entries"]] == ["ours", "broken"]


def test_an_empty_queue_is_no_hint_and_nothing_to_remove() -> None:
    desk = Desk().on("POST", "^/$", (200, {}))
    hints, remove = with_queue(desk).read_notifications(wait=timedelta(minutes=1))
    remove()
    assert hints == []
    (asked,) = posts(desk, "^/$")
    assert (asked["QueueUrl"], asked["WaitTimeSeconds"], asked["MaxNumberOfMessages"]) == (QUEUE_URL, 20, 10)


def test_a_call_is_signed_for_the_queues_region() -> None:
    desk = Desk().on("POST", "^/$", (200, {}))
    with_queue(desk).read_notifications(wait=SECONDS)
    (asked,) = desk.asked("POST", "^/$")
    assert asked.url.host == "sqs.eu-west-1.amazonaws.com"
    assert asked.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261120/eu-west-1/sqs/aws4_request, ")
    assert "queue-secret-canary" not in repr(asked.headers)


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        ("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ],
)
def test_a_signature_is_the_one_aws_published(method: str, signature: str) -> None:
    made = signed(
        method,
        "https://example.amazonaws.com/",
        {},
        b"",
        at=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
        region="us-east-1",
        service="service",
        keys=("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
    )
    assert made["authorization"].endswith(f"SignedHeaders=host;x-amz-date, Signature={signature}")


def test_wrong_queue_keys_are_told_apart_from_amazons_and_do_not_stop_the_account() -> None:
    desk = Desk().on("POST", "^/$", (403, {"__type": "com.amazon.coral.service#InvalidSignatureException", "message": "no"}))
    with pytest.raises(Refused, match="queue") as caught:
        with_queue(desk).read_notifications(wait=SECONDS)
    assert (caught.value.code, caught.value.status) == ("queue", 403)


def test_F1_the_queue_says_too_fast_with_a_400() -> None:
    desk = Desk().on("POST", "^/$", (400, {"__type": "com.amazonaws.sqs#RequestThrottled", "message": "slow down"}))
    with pytest.raises(Throttled):
        with_queue(desk).read_notifications(wait=SECONDS)


def test_a_queue_that_is_gone_is_refused() -> None:
    desk = Desk().on("POST", "^/$", (400, {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "gone"}))
    with pytest.raises(Refused, match="ReceiveMessage"):
        with_queue(desk).read_notifications(wait=SECONDS)


@pytest.mark.parametrize("url", ["https://sqs.eu-west-1.amazonaws.com/orders", "https://queue.example/1/orders", "orders"])
def test_an_address_that_is_no_queue_is_named(url: str) -> None:
    with pytest.raises(AccessLost, match="no queue address"):
        opened(None, settings={"sqs_queue_url": url})


def test_an_account_without_a_queue_does_not_claim_to_read_messages() -> None:
    plain, quick = opened(None), with_queue(Desk())
    assert isinstance(plain, ReadsOrders)
    assert isinstance(plain, SetsAvailability)
    assert not isinstance(plain, ReadsNotifications)
    assert isinstance(quick, ReadsNotifications)


# --- the subscription --------------------------------------------------------------------------------------------


def test_a_first_start_makes_the_destination_and_the_subscription() -> None:
    made = (200, {"payload": {"name": "entrepot", "destinationId": "dest-9", "resource": {"sqs": {"arn": ARN}}}})
    desk = Desk().on("GET", "/destinations", destinations("arn:aws:sqs:eu-west-1:1:other")).on("POST", "/destinations", made)
    desk.on("GET", "/subscriptions/ORDER_CHANGE", NONE).on("POST", "/subscriptions/ORDER_CHANGE", subscribed("dest-9"))
    with_queue(desk).ensure_subscribed()
    assert posts(desk, "/destinations") == [{"name": "entrepot", "resourceSpecification": {"sqs": {"arn": ARN}}}]
    (asked,) = posts(desk, "/subscriptions")
    assert asked["destinationId"] == "dest-9"
    assert asked["processingDirective"]["eventFilter"]["orderChangeTypes"] == ["OrderStatusChange", "BuyerRequestedChange"]


def test_destinations_are_asked_with_a_token_of_the_application() -> None:
    def token(request: httpx.Request) -> str:
        return request.headers["x-amz-access-token"]

    desk = Desk().on("GET", "/destinations", destinations(ARN)).on("GET", "/subscriptions/ORDER_CHANGE", subscribed("dest-0"))
    desk.on("POST", "/token", *[(200, {"access_token": name, "expires_in": 3600}) for name in ("of the application", "of the seller")])
    with_queue(desk).ensure_subscribed()
    assert [token(asked) for asked in desk.asked("GET")] == ["of the application", "of the seller"]
    forms = [asked.content.decode() for asked in desk.asked("POST", "/token")]
    assert "grant_type=client_credentials" in forms[0]
    assert "scope=sellingpartnerapi%3A%3Anotifications" in forms[0]


def test_a_second_start_changes_nothing() -> None:
    desk = Desk().on("GET", "/destinations", destinations("arn:other", ARN)).on("GET", "/subscriptions/ORDER_CHANGE", subscribed("dest-1"))
    with_queue(desk).ensure_subscribed()
    assert posts(desk, "/notifications") == []


def test_F23_a_subscription_to_another_queue_is_replaced() -> None:
    desk = Desk().on("GET", "/destinations", destinations(ARN)).on("GET", "/subscriptions/ORDER_CHANGE", subscribed("dest-old"))
    desk.on("DELETE", "/subscriptions/ORDER_CHANGE/sub-1", (200, {})).on("POST", "/subscriptions/ORDER_CHANGE", subscribed("dest-0"))
    with_queue(desk).ensure_subscribed()
    assert len(desk.asked("DELETE")) == 1
    assert [asked["destinationId"] for asked in posts(desk, "/subscriptions")] == ["dest-0"]


def test_two_workers_at_once_make_one_of_each() -> None:
    desk = Desk().on("GET", "/destinations", destinations(), destinations(ARN)).on("POST", "/destinations", TAKEN)
    desk.on("GET", "/subscriptions/ORDER_CHANGE", NONE).on("POST", "/subscriptions/ORDER_CHANGE", TAKEN)
    with_queue(desk).ensure_subscribed()
    assert posts(desk, "/subscriptions")[0]["destinationId"] == "dest-0"


@pytest.mark.parametrize("code", ["Unauthorized", "AccessDenied"])
def test_a_right_that_is_missing_for_messages_does_not_stop_the_account(code: str) -> None:
    desk = Desk().on("GET", "/destinations", (403, {"errors": [{"code": code, "message": "no role for notifications"}]}))
    with pytest.raises(Refused) as caught:
        with_queue(desk).ensure_subscribed()
    assert caught.value.status == 403


def test_F5_keys_that_amazon_refuses_are_lost_access_for_messages_too() -> None:
    desk = Desk().on("POST", "/token", (400, {"error": "invalid_grant"}))
    with pytest.raises(AccessLost):
        with_queue(desk).ensure_subscribed()


def test_F5_an_expired_token_is_renewed_for_messages_too() -> None:
    expired = (403, {"errors": [{"code": "Unauthorized", "message": "the token has expired"}]})
    desk = Desk().on("GET", "/destinations", expired, destinations(ARN)).on("GET", "/subscriptions/ORDER_CHANGE", subscribed("dest-0"))
    with_queue(desk).ensure_subscribed()
    assert len(desk.asked("GET", "/destinations")) == 2
