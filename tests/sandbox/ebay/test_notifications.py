"""Notifications: the challenge, signatures that verify, one message a line item, retries and duplicates."""

import base64
import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from entrepot_sandbox.core.events import Delivery
from entrepot_sandbox.core.server import running
from tests.sandbox.ebay.conftest import FULFILLMENT, Seller, errors

NOTIFICATION = "/commerce/notification/v1"
ENDPOINT = "https://hub.example.com/hooks/ebay"
TOKEN = "a" * 32


class Hub:
    """The seller's web address: answers the challenge, or does not."""

    def __init__(self, seller: Seller, *, honest: bool = True) -> None:
        self.honest = honest
        self.asked: list[str] = []
        seller.market.notices.ask = self.answer

    def answer(self, url: str) -> bytes:
        self.asked.append(url)
        code = parse_qs(urlsplit(url).query)["challenge_code"][0]
        token = TOKEN if self.honest else "wrong"
        return json.dumps({"challengeResponse": hashlib.sha256(f"{code}{token}{ENDPOINT}".encode()).hexdigest()}).encode()


def register(seller: Seller) -> Any:
    return seller.call(
        "POST",
        f"{NOTIFICATION}/destination",
        {"name": "hub", "status": "ENABLED", "deliveryConfig": {"endpoint": ENDPOINT, "verificationToken": TOKEN}},
    )


def subscribe(seller: Seller) -> str:
    """A subscription to order confirmations; its id."""
    Hub(seller)
    assert seller.call("PUT", f"{NOTIFICATION}/config", {"alertEmail": "ops@example.com"}).status_code == 204
    place = register(seller).headers["location"]
    body = {"topicId": "ORDER_CONFIRMATION", "status": "ENABLED", "destinationId": place.rsplit("/", 1)[1]}
    body["payload"] = {"format": "JSON", "schemaVersion": "1.0", "deliveryProtocol": "HTTPS"}
    made = seller.call("POST", f"{NOTIFICATION}/subscription", body)
    assert made.status_code == 201
    return made.headers["location"].rsplit("/", 1)[1]


def verified(seller: Seller, delivery: Delivery, body: bytes | None = None) -> Any:
    """The message, if its signature is the service's; as the service's own clients check it."""
    envelope = json.loads(base64.b64decode(delivery.headers["x-ebay-signature"]))
    assert set(envelope) == {"alg", "kid", "signature", "digest"}
    told = seller.get(f"{NOTIFICATION}/public_key/{envelope['kid']}")
    assert (told["algorithm"], told["digest"]) == ("ECDSA", "SHA1")
    middle = told["key"].removeprefix("-----BEGIN PUBLIC KEY-----").removesuffix("-----END PUBLIC KEY-----")
    key = load_pem_public_key(f"-----BEGIN PUBLIC KEY-----\n{middle}\n-----END PUBLIC KEY-----".encode())
    message = json.loads(delivery.body)
    printed = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    key.verify(base64.b64decode(envelope["signature"]), body or printed, ec.ECDSA(hashes.SHA1()))  # type: ignore[union-attr,call-arg]
    return message


def test_an_endpoint_proves_itself_by_the_challenge(seller: Seller) -> None:
    hub = Hub(seller, honest=False)
    assert errors(register(seller)) == [195003]
    seller.call("PUT", f"{NOTIFICATION}/config", {"alertEmail": "ops@example.com"})
    assert errors(register(seller)) == [195020]
    assert seller.get(f"{NOTIFICATION}/destination")["total"] == 0
    hub.honest = True
    assert register(seller).status_code == 201
    assert errors(register(seller)) == [195021]
    assert seller.get(f"{NOTIFICATION}/destination")["total"] == 1


@pytest.mark.parametrize("endpoint", ["http://hub.example.com/x", "ftp://127.0.0.1/x", "nonsense"])
def test_an_endpoint_is_https_or_on_this_machine(seller: Seller, endpoint: str) -> None:
    seller.call("PUT", f"{NOTIFICATION}/config", {"alertEmail": "ops@example.com"})
    config = {"endpoint": endpoint, "verificationToken": TOKEN}
    body = {"name": "hub", "status": "ENABLED", "deliveryConfig": config}
    assert errors(seller.call("POST", f"{NOTIFICATION}/destination", body)) == [195017]


def test_a_sale_is_told_after_its_delay_and_the_signature_verifies(seller: Seller) -> None:
    subscribe(seller)
    seller.list("MUG-1")
    order_id = seller.buy("MUG-1", 2, "RU")
    assert seller.market.outbox.take() == []
    seller.turn(1)
    (delivery,) = seller.market.outbox.take()
    assert delivery.url == ENDPOINT
    message = verified(seller, delivery)
    assert message["metadata"] == {"topic": "ORDER_CONFIRMATION", "schemaVersion": "1.0", "deprecated": False}
    order = message["notification"]["data"]["order"]
    assert (order["orderId"], order["orderLineItems"][0]["quantity"]) == (order_id, 2)
    assert seller.get(f"{FULFILLMENT}/order/{order_id}")["lineItems"][0]["lineItemId"] == order["orderLineItems"][0]["orderLineItemId"]
    with pytest.raises(InvalidSignature):
        verified(seller, delivery, delivery.body.replace(b'"quantity":2', b'"quantity":3'))


def test_one_message_for_each_line_item(seller: Seller) -> None:
    subscribe(seller)
    seller.list("MUG-1")
    seller.list("MUG-2")
    order_id = seller.market.buy_many([("MUG-1", 1), ("MUG-2", 1)])
    seller.turn(1)
    messages = [verified(seller, delivery) for delivery in seller.market.outbox.take()]
    assert [message["notification"]["data"]["order"]["orderId"] for message in messages] == [order_id, order_id]
    assert len({message["notification"]["notificationId"] for message in messages}) == 2


def test_a_message_not_taken_is_sent_three_times_more(seller: Seller) -> None:
    subscribe(seller)
    seller.list("MUG-1")
    seller.buy("MUG-1")
    attempts = []
    for _ in range(10):
        seller.turn(600)
        for delivery in seller.market.outbox.take():
            attempts.append(delivery.attempt)
            seller.market.outbox.report(delivery, ok=False)
    assert attempts == [1, 2, 3, 4]
    assert len(seller.market.outbox.given_up) == 1


@pytest.mark.parametrize(("how", "arrivals"), [("duplicate", [2, 2]), ("late", [0, 1]), ("lost", [0, 0])])
def test_messages_come_twice_late_or_never_F7(seller: Seller, how: str, arrivals: list[int]) -> None:
    subscribe(seller)
    seller.list("MUG-1")
    seller.fault("F7", "ORDER_CONFIRMATION", how=how)
    seller.buy("MUG-1")
    seller.turn(1)
    soon = len(seller.market.outbox.take())
    seller.turn(25 * 3600)
    assert [soon, soon + len(seller.market.outbox.take())] == arrivals


def test_a_disabled_subscription_is_silent_and_a_used_destination_stays(seller: Seller) -> None:
    subscription = subscribe(seller)
    assert seller.call("POST", f"{NOTIFICATION}/subscription/{subscription}/disable").status_code == 204
    seller.list("MUG-1")
    seller.buy("MUG-1")
    seller.turn(1)
    assert seller.market.outbox.take() == []
    destination = seller.get(f"{NOTIFICATION}/subscription/{subscription}")["destinationId"]
    assert errors(seller.call("DELETE", f"{NOTIFICATION}/destination/{destination}")) == [195024]
    assert seller.call("DELETE", f"{NOTIFICATION}/subscription/{subscription}").status_code == 204
    assert seller.call("DELETE", f"{NOTIFICATION}/destination/{destination}").status_code == 204


def test_topics_and_a_test_message(seller: Seller) -> None:
    topics = seller.get(f"{NOTIFICATION}/topic")
    assert topics["total"] == len(topics["topics"])
    assert seller.get(f"{NOTIFICATION}/topic/ORDER_CONFIRMATION")["scope"] == "USER"
    subscription = subscribe(seller)
    assert seller.call("POST", f"{NOTIFICATION}/subscription/{subscription}/test").status_code == 202
    seller.turn(1)
    (delivery,) = seller.market.outbox.take()
    assert verified(seller, delivery)["metadata"]["topic"] == "ORDER_CONFIRMATION"


class Receiver(BaseHTTPRequestHandler):
    """A seller's web server on this machine: answers the challenge, keeps what is posted."""

    def do_GET(self) -> None:
        code = parse_qs(urlsplit(self.path).query)["challenge_code"][0]
        endpoint = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        digest = hashlib.sha256(f"{code}{TOKEN}{endpoint}".encode()).hexdigest()
        self._answer(json.dumps({"challengeResponse": digest}).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.posted.put((dict(self.headers.items()), body))  # type: ignore[attr-defined]
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_running_sandbox_challenges_a_real_address_and_posts_to_it() -> None:
    receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    receiver.posted = Queue()  # type: ignore[attr-defined]
    Thread(target=receiver.serve_forever, daemon=True).start()
    with running("ebay", seed=1) as printed, httpx.Client(base_url=printed["channels"]["ebay"]["url"]) as http:
        facts = printed["channels"]["ebay"]
        login = {"grant_type": "refresh_token", "refresh_token": facts["refresh_token"]}
        token = http.post(facts["token_url"], data=login, auth=(facts["client_id"], facts["client_secret"])).json()
        http.headers["Authorization"] = f"Bearer {token['access_token']}"
        http.post("/_sandbox/delays", json={"notification": 0})
        http.put(f"{NOTIFICATION}/config", json={"alertEmail": "ops@example.com"})
        endpoint = f"http://127.0.0.1:{receiver.server_address[1]}/hook"
        config = {"endpoint": endpoint, "verificationToken": TOKEN}
        made = http.post(f"{NOTIFICATION}/destination", json={"name": "hub", "status": "ENABLED", "deliveryConfig": config})
        assert made.status_code == 201, made.text
        destination = made.headers["location"].rsplit("/", 1)[1]
        body = {"topicId": "ORDER_CONFIRMATION", "status": "ENABLED", "destinationId": destination}
        assert http.post(f"{NOTIFICATION}/subscription", json=body).status_code == 201
        sku = http.get("/_sandbox/world").json()["listings"][0]["sku"]
        order_id = http.post("/_sandbox/buy", json={"sku": sku, "quantity": 1}).json()["order_id"]
        headers, posted = receiver.posted.get(timeout=5)  # type: ignore[attr-defined]
    receiver.shutdown()
    assert json.loads(posted)["notification"]["data"]["order"]["orderId"] == order_id
    assert "x-ebay-signature" in {name.lower() for name in headers}


def test_registrations_outlive_a_reset(seller: Seller) -> None:
    subscribe(seller)
    seller.control("reset", {"seed": 3})
    assert seller.get(f"{NOTIFICATION}/subscription")["total"] == 1
    sku = seller.world()["listings"][0]["sku"]
    seller.buy(sku)
    seller.turn(1)
    assert len(seller.market.outbox.take()) == 1
