import json
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from entrepot_sandbox.amazon.sqs_http import ACCESS_KEY, NAMESPACE
from entrepot_sandbox.core.http import Request, Response
from tests.contract_checks import check_amazon_notification
from tests.sandbox.amazon.client import Client
from tests.shared import SHARED

SIGNED = f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20260302/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=0"


class Reader:
    """Reads the queue in today's JSON protocol."""

    def __init__(self, client: Client) -> None:
        self.market = client.market
        self.url = client.market.facts()["sqs_queue_url"]

    def raw(self, action: str, *, signed: str = SIGNED, **asked: Any) -> Response:
        headers = {"x-amz-target": f"AmazonSQS.{action}", "content-type": "application/x-amz-json-1.0", "authorization": signed}
        return self.market.handle(Request.make("POST", "/", headers=headers, body={"QueueUrl": self.url, **asked}))

    def __call__(self, action: str, **asked: Any) -> Any:
        answer = self.raw(action, **asked)
        assert answer.status == 200, answer.body
        return answer.parsed()

    def receive(self, **asked: Any) -> list[Any]:
        return self("ReceiveMessage", **{"MaxNumberOfMessages": 10, **asked}).get("Messages", [])


@pytest.fixture
def client() -> Client:
    opened = Client()
    opened.publish("TENT", 10)
    return opened


@pytest.fixture
def reader(client: Client) -> Reader:
    subscribe(client)
    return Reader(client)


def subscribe(client: Client, **more: Any) -> Any:
    resource = {"sqs": {"arn": client.market.queue_arn}}
    body = {"name": "orders", "resourceSpecification": resource}
    made = client.call("createDestination", "POST", "/notifications/v1/destinations", token=client.grantless(), body=body)
    assert made.status == 200, made.body
    destination = made.parsed()["payload"]["destinationId"]
    wanted = {"payloadVersion": "1.0", "destinationId": destination, **more}
    answer = client.call("createSubscription", "POST", "/notifications/v1/subscriptions/ORDER_CHANGE", body=wanted)
    assert answer.status == 200, answer.body
    return answer.parsed()["payload"]


def order_of(message: Any) -> str:
    return json.loads(message["Body"])["Payload"]["OrderChangeNotification"]["AmazonOrderId"]


def test_a_sale_lies_in_the_queue_after_the_dialed_delay(client, reader):
    client.control("delays", {"notify": 5})
    order_id = client.buy("TENT", 2)
    client.market.clock.advance(4.9)
    assert reader.receive() == []
    client.market.clock.advance(0.1)
    (message,) = reader.receive()
    assert order_of(message) == order_id
    body = json.loads(message["Body"])
    summary = body["Payload"]["OrderChangeNotification"]["Summary"]
    assert (summary["OrderStatus"], summary["OrderItems"][0]["Quantity"]) == ("Unshipped", 2)
    if SHARED is not None:
        check_amazon_notification("OrderChangeNotification", body)


def test_every_change_of_an_order_is_told(client, reader):
    client.control("delays", {"notify": 0, "payment": 60})
    order_id = client.buy("TENT", 2)
    client.market.clock.advance(60)
    order = client.get_order(order_id)
    client.ship(order, quantity=1)
    client.ship(order, reference="2", quantity=1)
    bodies = [json.loads(message["Body"]) for message in reader.receive()]
    states = [body["Payload"]["OrderChangeNotification"]["Summary"]["OrderStatus"] for body in bodies]
    assert states == ["Pending", "Unshipped", "PartiallyShipped", "Shipped"]
    other = client.buy("TENT")
    client.market.clock.advance(60)
    client.control("cancel", {"order_id": other, "request_only": True})
    last = json.loads(reader.receive()[-1]["Body"])["Payload"]["OrderChangeNotification"]
    assert (last["OrderChangeType"], last["Summary"]["OrderItems"][0]["IsBuyerRequestedCancel"]) == ("BuyerRequestedChange", True)


def test_a_message_is_hidden_while_it_is_worked_on_and_comes_again_when_it_is_not_deleted(client, reader):
    client.buy("TENT")
    client.market.clock.advance(1)
    (first,) = reader.receive(VisibilityTimeout=30, MessageSystemAttributeNames=["All"])
    assert first["Attributes"]["ApproximateReceiveCount"] == "1"
    assert reader.receive() == []
    client.market.clock.advance(30)
    (second,) = reader.receive(MessageSystemAttributeNames=["ApproximateReceiveCount"])
    assert (second["MessageId"], second["Attributes"]) == (first["MessageId"], {"ApproximateReceiveCount": "2"})
    reader("DeleteMessage", ReceiptHandle=first["ReceiptHandle"])
    client.market.clock.advance(30)
    (third,) = reader.receive()
    reader("DeleteMessage", ReceiptHandle=third["ReceiptHandle"])
    client.market.clock.advance(3600)
    assert reader.receive() == []


def test_a_message_can_be_given_back_and_kept_longer(client, reader):
    client.buy("TENT")
    client.market.clock.advance(1)
    (message,) = reader.receive()
    reader("ChangeMessageVisibility", ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    (message,) = reader.receive()
    reader("ChangeMessageVisibility", ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=600)
    client.market.clock.advance(599)
    assert reader.receive() == []
    client.market.clock.advance(1)
    assert len(reader.receive()) == 1


def test_many_are_read_ten_at_a_time_and_deleted_in_one_call(client, reader):
    client.publish("MANY", 100)
    for _ in range(12):
        client.buy("MANY")
    client.market.clock.advance(1)
    messages = reader.receive()
    assert len(messages) == 10
    counts = reader("GetQueueAttributes", AttributeNames=["All"])["Attributes"]
    assert (counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]) == ("2", "10")
    entries = [{"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate(messages)]
    entries[0]["ReceiptHandle"] = "nonsense"
    answer = reader("DeleteMessageBatch", Entries=entries)
    assert [entry["Id"] for entry in answer["Successful"]] == [str(number) for number in range(1, 10)]
    assert [entry["Id"] for entry in answer["Failed"]] == ["0"]
    client.market.clock.advance(30)
    assert len(reader.receive()) == 3


def test_f7_a_message_comes_twice_late_or_never(client, reader):
    client.control("faults", {"fault": "F7", "operation": "ORDER_CHANGE", "how": "duplicate"})
    order_id = client.buy("TENT")
    client.control("faults", {"fault": "F7", "operation": "ORDER_CHANGE", "how": "lost"})
    client.buy("TENT")
    client.control("faults", {"fault": "F7", "operation": "*", "how": "late"})
    late = client.buy("TENT")
    client.market.clock.advance(1)
    messages = reader.receive()
    assert [order_of(message) for message in messages] == [order_id, order_id]
    for message in messages:
        reader("DeleteMessage", ReceiptHandle=message["ReceiptHandle"])
    client.market.clock.advance(25 * 3600)
    assert [order_of(message) for message in reader.receive()] == [late]


def test_f7_a_later_message_overtakes_an_earlier_one(client, reader):
    client.control("faults", {"fault": "F7", "operation": "ORDER_CHANGE", "how": "reorder", "delay_s": 20})
    first, second = client.buy("TENT"), client.buy("TENT")
    client.market.clock.advance(30)
    assert [order_of(message) for message in reader.receive()] == [second, first]


def test_an_empty_read_may_be_held_open(client, reader):
    answer = reader.raw("ReceiveMessage", WaitTimeSeconds=20)
    assert (answer.parsed(), answer.hold_s) == ({}, 20)
    client.control("delays", {"notify": 0})
    client.buy("TENT")
    assert reader.raw("ReceiveMessage", WaitTimeSeconds=20).hold_s == 0


def test_the_older_query_protocol_works_too(client, reader):
    client.control("delays", {"notify": 0})
    order_id = client.buy("TENT")

    def ask(path: str, **fields: str) -> ElementTree.Element:
        headers = {"content-type": "application/x-www-form-urlencoded", "authorization": SIGNED}
        answer = client.market.handle(Request.make("POST", path, headers=headers, body=urlencode(fields).encode()))
        assert answer.status == 200, answer.body
        return ElementTree.fromstring(answer.body)

    space = {"sqs": NAMESPACE}
    found = ask("/", Action="GetQueueUrl", QueueName="entrepot-sandbox-orders").find(".//sqs:QueueUrl", space)
    assert found.text == reader.url
    path = reader.url.removeprefix(client.market.origin)
    message = ask(path, Action="ReceiveMessage", MaxNumberOfMessages="10", **{"AttributeName.1": "All"}).find(".//sqs:Message", space)
    assert json.loads(message.find("sqs:Body", space).text)["Payload"]["OrderChangeNotification"]["AmazonOrderId"] == order_id
    assert message.find("sqs:Attribute/sqs:Name", space).text == "SenderId"
    handle = message.find("sqs:ReceiptHandle", space).text
    entry = {"DeleteMessageBatchRequestEntry.1.Id": "a", "DeleteMessageBatchRequestEntry.1.ReceiptHandle": handle}
    done = ask(path, Action="DeleteMessageBatch", **entry)
    assert done.find(".//sqs:DeleteMessageBatchResultEntry/sqs:Id", space).text == "a"
    counts = ask(path, Action="GetQueueAttributes", **{"AttributeName.1": "ApproximateNumberOfMessages"})
    assert counts.find(".//sqs:Attribute/sqs:Value", space).text == "0"


@pytest.mark.parametrize(
    ("asked", "signed", "code", "status"),
    [
        ({"action": "ReceiveMessage"}, "", "MissingAuthenticationToken", 403),
        ({"action": "ReceiveMessage"}, "AWS4-HMAC-SHA256 Credential=WRONG/x", "InvalidClientTokenId", 403),
        ({"action": "ReceiveMessage", "QueueUrl": "http://127.0.0.1/000000000000/other"}, SIGNED, "QueueDoesNotExist", 400),
        ({"action": "ReceiveMessage", "MaxNumberOfMessages": 11}, SIGNED, "InvalidParameterValue", 400),
        ({"action": "DeleteMessage", "ReceiptHandle": "nonsense"}, SIGNED, "ReceiptHandleIsInvalid", 400),
        ({"action": "CreateQueue"}, SIGNED, "InvalidAction", 400),
    ],
)
def test_the_queue_refuses_in_its_own_form(reader, asked, signed, code, status):
    answer = reader.raw(asked.pop("action"), signed=signed, **asked)
    assert answer.status == status
    assert answer.parsed()["__type"] == f"com.amazonaws.sqs#{code}"
    assert "x-amzn-query-error" in answer.headers


def test_destinations_need_a_token_without_a_seller_and_subscriptions_one_with(client):
    path = "/notifications/v1/destinations"
    body = {"name": "orders", "resourceSpecification": {"sqs": {"arn": client.market.queue_arn}}}
    assert client.call("createDestination", "POST", path, body=body).status == 403
    wanted = {"payloadVersion": "1.0", "destinationId": "x"}
    topic = "/notifications/v1/subscriptions/ORDER_CHANGE"
    assert client.call("createSubscription", "POST", topic, body=wanted, token=client.grantless()).status == 403


def test_a_subscription_lives_until_it_is_deleted(client):
    topic = "/notifications/v1/subscriptions/ORDER_CHANGE"
    assert client.call("getSubscription", "GET", topic).status == 404
    made = subscribe(client)
    token = client.grantless()
    client.market.clock.advance(5)
    assert client.call("getSubscription", "GET", topic).parsed()["payload"] == made
    by_id = f"{topic}/{made['subscriptionId']}"
    assert client.call("getSubscriptionById", "GET", by_id, token=token).parsed()["payload"] == made
    again = {"payloadVersion": "1.0", "destinationId": made["destinationId"]}
    assert client.call("createSubscription", "POST", topic, body=again).status == 409
    assert client.call("getDestinations", "GET", "/notifications/v1/destinations", token=token).parsed()["payload"][0]["name"] == "orders"
    destination = f"/notifications/v1/destinations/{made['destinationId']}"
    assert client.call("deleteDestination", "DELETE", destination, token=token).status == 409
    client.market.clock.advance(5)
    assert client.call("deleteSubscriptionById", "DELETE", by_id, token=token).status == 200
    assert client.call("deleteDestination", "DELETE", destination, token=token).status == 200
    assert client.call("getDestination", "GET", destination, token=token).status == 404


def test_a_filter_keeps_other_changes_out(client):
    subscribe(
        client, processingDirective={"eventFilter": {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": ["BuyerRequestedChange"]}}
    )
    client.control("delays", {"notify": 0})
    client.buy("TENT")
    assert Reader(client).receive() == []


def test_a_queue_that_is_not_there_cannot_be_a_destination(client):
    body = {"name": "orders", "resourceSpecification": {"sqs": {"arn": "arn:aws:sqs:eu-west-1:1:other"}}}
    answer = client.call("createDestination", "POST", "/notifications/v1/destinations", token=client.grantless(), body=body)
    assert answer.status == 400


def test_a_reset_empties_the_queue_and_keeps_the_subscription(client, reader):
    client.buy("TENT")
    client.control("reset", {"seed": 3})
    client.market.clock.advance(60)
    assert reader.receive() == []
    order_id = client.buy("SBX-MUG-450")
    client.market.clock.advance(60)
    assert order_of(reader.receive()[0]) == order_id
