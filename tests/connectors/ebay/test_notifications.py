"""Webhooks: the challenge, the signature, the key behind it, and what a message points at."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from entrepot.base.ids import RemoteId
from entrepot.channels.contract import AccessLost, Hint, HintKind, Refused, Throttled, Unavailable
from tests.connectors.ebay.channel import Channel, Reply, answered, refusal
from tests.connectors.ebay.samples import FOLDER

BODY = (FOLDER / "notification.json").read_bytes().strip()
KEY = ec.generate_private_key(ec.SECP256R1())
ADDRESS = "https://hub.example.com/hooks/1"


def pem() -> str:
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return public.decode().replace("\n", "")


def signed(body: bytes, *, digest: str = "SHA1", key: ec.EllipticCurvePrivateKey = KEY, kid: str = "k1") -> Mapping[str, str]:
    algorithm = hashes.SHA1() if digest == "SHA1" else hashes.SHA256()
    signature = base64.b64encode(key.sign(body, ec.ECDSA(algorithm))).decode()
    envelope = json.dumps({"alg": "ecdsa", "kid": kid, "signature": signature, "digest": digest})
    return {"X-Ebay-Signature": base64.b64encode(envelope.encode()).decode()}


def channel(digest: str = "SHA1", key: str | None = None) -> Channel:
    return Channel(lambda _: answered({"key": key or pem(), "algorithm": "ECDSA", "digest": digest}))


HINT = Hint(
    "49feeaeb-4982-42d9-a377-9645b8479411", HintKind.ORDER, RemoteId("14-05391-71830"), datetime(2026, 3, 2, 9, 14, 31, 250_000, tzinfo=UTC)
)


@pytest.mark.parametrize("digest", ["SHA1", "SHA256"])
def test_a_signed_message_points_at_its_order(digest: str) -> None:
    assert channel(digest).open().hints(signed(BODY, digest=digest), BODY) == [HINT]


def test_a_key_without_its_frame_is_a_key_too() -> None:
    bare = pem().replace("-----BEGIN PUBLIC KEY-----", "").replace("-----END PUBLIC KEY-----", "")
    assert channel(key=bare).open().hints(signed(BODY), BODY) == [HINT]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ebay-signature": ""},
        {"x-ebay-signature": "not base64!"},
        {"x-ebay-signature": base64.b64encode(b"[1]").decode()},
        {"x-ebay-signature": base64.b64encode(b'{"kid": "k1"}').decode()},
        {"x-ebay-signature": base64.b64encode(b"[" * 100_000).decode()},
        signed(BODY + b" "),
        signed(BODY, key=ec.generate_private_key(ec.SECP256R1())),
    ],
)
def test_F19_a_bad_or_missing_signature_is_refused(headers: Mapping[str, str]) -> None:
    with pytest.raises(Refused) as no:
        channel().open().hints(headers, BODY)
    assert (no.value.code, no.value.status) == ("bad_signature", 401)


def test_F19_the_signature_is_over_the_bytes_that_came() -> None:
    spaced = json.dumps(json.loads(BODY)).encode()
    assert channel().open().hints(signed(spaced), spaced) == [HINT]
    with pytest.raises(Refused):
        channel().open().hints(signed(BODY), spaced)


def test_F20_the_key_is_asked_for_once_an_hour() -> None:
    ebay = channel()
    account = ebay.open()
    for _ in range(50):
        account.hints(signed(BODY), BODY)
    assert ebay.paths() == ["GET /commerce/notification/v1/public_key/k1"]
    ebay.turn(timedelta(minutes=61))
    account.hints(signed(BODY), BODY)
    assert len(ebay.sent) == 2


@pytest.mark.parametrize(
    "reply", [refusal(195001, "The specified key id is invalid.", 404), refusal(195001, status=400), answered({"key": "?"})]
)
def test_F19_an_unknown_key_is_refused_and_not_asked_for_again(reply: Reply) -> None:
    ebay = Channel(lambda _: reply)
    account = ebay.open()
    for _ in range(3):
        with pytest.raises(Refused):
            account.hints(signed(BODY), BODY)
    assert len(ebay.sent) == 1


class Strangers:
    """eBay knows one key; somebody posts messages that name others, each a new one."""

    def __init__(self) -> None:
        self.ebay = Channel(lambda r: answered({"key": pem()}) if r.url.path.endswith("/k1") else refusal(195001, status=404))
        self.account = self.ebay.open()
        self.count = 0

    def post(self, messages: int) -> None:
        for _ in range(messages):
            self.count += 1
            with pytest.raises((Refused, Throttled)):
                self.account.hints(signed(BODY, kid=f"stranger-{self.count}"), BODY)

    def asked(self) -> int:
        return len(self.ebay.sent)


def test_F20_keys_that_strangers_name_push_no_real_key_out() -> None:
    world = Strangers()
    assert world.account.hints(signed(BODY), BODY) == [HINT]
    for _ in range(5):
        world.post(10)
        world.ebay.turn(timedelta(minutes=10))
    asked = world.asked()
    assert world.account.hints(signed(BODY), BODY) == [HINT]
    assert world.asked() == asked, "the real key is still known"


def test_F20_keys_that_strangers_name_do_not_use_up_the_quota() -> None:
    world = Strangers()
    world.post(500)
    assert world.asked() == 10
    world.ebay.turn(timedelta(minutes=1))
    world.post(500)
    assert world.asked() == 14
    for _ in range(60):
        world.ebay.turn(timedelta(minutes=1))
        world.post(10)
    assert world.asked() < 10_000 / 24


def test_F20_a_message_with_a_new_key_may_come_again_when_too_many_came() -> None:
    world = Strangers()
    world.post(10)
    with pytest.raises(Throttled) as wait:
        world.account.hints(signed(BODY), BODY)
    assert wait.value.retry_after == timedelta(seconds=15)
    world.ebay.turn(timedelta(seconds=15))
    assert world.account.hints(signed(BODY), BODY) == [HINT]


def test_F20_a_known_key_is_asked_for_again_although_strangers_ask_too() -> None:
    world = Strangers()
    world.account.hints(signed(BODY), BODY)
    world.ebay.turn(timedelta(minutes=61))
    world.post(20)
    assert world.account.hints(signed(BODY), BODY) == [HINT]


@pytest.mark.parametrize("reply", [httpx.ConnectError("down"), refusal(1100, "Access denied", 403)])
def test_F22_a_key_that_cannot_be_asked_for_is_no_bad_signature(reply: Reply) -> None:
    with pytest.raises(Unavailable):
        Channel(lambda _: reply).open().hints(signed(BODY), BODY)


@pytest.mark.parametrize("hostile", [b"", b"\xff\xfe", b"[" * 200_000, b'{"metadata":{"topic":"ORDER_CONFIRMATION"}}'])
def test_F21_a_signed_message_of_another_shape_is_refused(hostile: bytes) -> None:
    with pytest.raises(Refused) as no:
        channel().open().hints(signed(hostile), hostile)
    assert no.value.code == "bad_message"


@pytest.mark.parametrize("empty", [b"null", b'"text"', b"[]", b"{}"])
def test_F21_a_signed_message_without_a_topic_points_at_nothing(empty: bytes) -> None:
    assert channel().open().hints(signed(empty), empty) == []


def test_a_topic_we_do_not_follow_points_at_nothing() -> None:
    other = BODY.replace(b"ORDER_CONFIRMATION", b"MARKETPLACE_ACCOUNT_DELETION")
    assert channel().open().hints(signed(other), other) == []


def test_the_challenge_is_answered_with_a_token_that_every_process_can_work_out() -> None:
    first, second = channel().open(), channel().open()
    assert first.answer_challenge({"challenge_code": "c0de"}, ADDRESS) == second.answer_challenge({"challenge_code": "c0de"}, ADDRESS)
    assert first.answer_challenge({}, ADDRESS) is None


# --- subscribing -----------------------------------------------------------------------------------------------------


class Ebay:
    """The little of eBay that a subscription needs: what is registered, and how often it was written."""

    def __init__(self) -> None:
        self.config: dict[str, str] | None = None
        self.destinations: dict[str, dict[str, object]] = {}
        self.subscriptions: dict[str, dict[str, object]] = {}
        self.writes = 0

    def __call__(self, request: httpx.Request) -> Reply:
        path, method = request.url.path.removeprefix("/commerce/notification/v1"), request.method
        self.writes += method != "GET"
        sent = json.loads(request.content) if request.content else {}
        if path == "/config":
            if method == "PUT":
                self.config = sent
                return answered(status=204)
            return answered(self.config) if self.config else refusal(195026, status=404)
        if path.startswith("/topic/"):
            old = {"schemaVersion": "9.0", "deprecated": True}
            return answered(
                {"topicId": "ORDER_CONFIRMATION", "supportedPayloads": [{"schemaVersion": "1.0"}, {"schemaVersion": "1.1"}, old]}
            )
        kind, key = ("destinations", "destinationId") if path.startswith("/destination") else ("subscriptions", "subscriptionId")
        held: dict[str, dict[str, object]] = getattr(self, kind)
        if method == "GET":
            return answered({"total": len(held), kind: list(held.values())})
        name = path.split("/")[2] if path.count("/") > 1 else f"{kind}-{len(held)}"
        held[name] = {**held.get(name, {}), **sent, key: name}
        return answered({}, 201, location=f"http://ebay.test{path}/{name}") if method == "POST" else answered(status=204)


def test_subscribing_makes_one_destination_and_one_subscription_however_often() -> None:
    ebay = Ebay()
    account = Channel(ebay).open(alert_email="alerts@example.com")
    account.subscribe(ADDRESS)
    written = ebay.writes
    account.subscribe(ADDRESS)
    assert (written, ebay.writes) == (3, 3)
    (destination,), (subscription,) = ebay.destinations.values(), ebay.subscriptions.values()
    assert destination["deliveryConfig"]["endpoint"] == ADDRESS  # type: ignore[index]
    assert (subscription["topicId"], subscription["status"]) == ("ORDER_CONFIRMATION", "ENABLED")
    assert subscription["payload"] == {"format": "JSON", "schemaVersion": "1.1", "deliveryProtocol": "HTTPS"}
    token = destination["deliveryConfig"]["verificationToken"]  # type: ignore[index]
    told = hashlib.sha256(f"c0de{token}{ADDRESS}".encode()).hexdigest()
    assert account.answer_challenge({"challenge_code": "c0de"}, ADDRESS) == {"challengeResponse": told}


def test_F23_what_ebay_switched_off_is_switched_on_again() -> None:
    ebay = Ebay()
    account = Channel(ebay).open(alert_email="alerts@example.com")
    account.subscribe(ADDRESS)
    next(iter(ebay.destinations.values()))["status"] = "MARKED_DOWN"
    next(iter(ebay.subscriptions.values()))["status"] = "DISABLED"
    account.subscribe(ADDRESS)
    assert [one["status"] for one in (*ebay.destinations.values(), *ebay.subscriptions.values())] == ["ENABLED", "ENABLED"]


def test_a_new_address_takes_the_subscription_with_it() -> None:
    ebay = Ebay()
    account = Channel(ebay).open(alert_email="alerts@example.com")
    account.subscribe(ADDRESS)
    account.subscribe("https://hub.example.com/hooks/2")
    (subscription,) = ebay.subscriptions.values()
    assert subscription["destinationId"] == "destinations-1"


def test_without_an_alert_address_the_seller_is_told_what_to_enter() -> None:
    with pytest.raises(Refused, match="e-mail"):
        Channel(Ebay()).open().subscribe(ADDRESS)


@pytest.mark.parametrize("denied", ["/config", "/destination", "/topic/ORDER_CONFIRMATION", "/subscription"])
def test_a_right_that_is_missing_for_messages_does_not_stop_the_account(denied: str) -> None:
    ebay = Ebay()

    def answer(request: httpx.Request) -> Reply:
        if request.url.path.endswith(denied):
            return refusal(195011, "Not authorized for this topic.", 403)
        return ebay(request)

    with pytest.raises(Refused) as no:
        Channel(answer).open(alert_email="alerts@example.com").subscribe(ADDRESS)
    assert (no.value.code, no.value.status) == ("195011", 403)


@pytest.mark.parametrize("denied", ["/rate_limit/", "/user_rate_limit/"])
def test_a_right_that_is_missing_for_the_quotas_does_not_stop_the_account(denied: str) -> None:
    with pytest.raises(Refused) as no:
        Channel(lambda r: refusal(1100, "Access denied", 403) if r.url.path.endswith(denied) else answered({})).open().read_quota()
    assert no.value.status == 403


def test_F5_a_token_refused_twice_is_lost_access_for_messages_too() -> None:
    with pytest.raises(AccessLost):
        Channel(lambda _: refusal(1001, "Invalid access token", 401)).open().subscribe(ADDRESS)
