"""F19-F21: messages that channels post: proven, stored once, answered at once, and hostile ones refused."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from prometheus_client import REGISTRY

from entrepot.api import hooks
from entrepot.base import clock
from entrepot.base.ids import RemoteId
from entrepot.channels.contract import Access, Connector, Hint, HintKind, Limits, Refused, Unavailable
from entrepot.channels.models import Account, AccountHint, AccountProgress
from entrepot.channels.opened import OpenChannels
from entrepot.channels.registry import connectors
from entrepot.people.models import LegalEntity


@dataclass
class Posting:
    """A channel in memory: a message is signed when its header says the account's secret; its body names an order."""

    access: Access
    opened: int = 0

    def subscribe(self, address: str) -> None:
        """Nothing to ask for."""

    def answer_challenge(self, query: Mapping[str, str], address: str) -> Mapping[str, Any] | None:
        return {"answer": query["challenge"], "address": address} if "challenge" in query else None

    def hints(self, headers: Mapping[str, str], body: bytes) -> list[Hint]:
        signature = headers.get("X-Signature", "")
        if signature == "later":
            raise Unavailable("the key server is down")
        if signature != self.access.credentials["secret"]:
            raise Refused("wrong", code="bad_signature", status=401)
        try:
            raw = json.loads(body)
            return [Hint(str(raw["id"]), HintKind.ORDER, RemoteId(str(raw["order"])))]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Refused("no message", code="bad_message") from None


@dataclass
class Silent:
    access: Access


@dataclass
class Kinds:
    opened: list[Any] = field(default_factory=list)

    def posting(self, access: Access) -> Posting:
        self.opened.append(Posting(access))
        return self.opened[-1]


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> Kinds:
    made = Kinds()
    limits = Limits(operations={}, items_a_call=1)
    monkeypatch.setitem(connectors(), "posting", Connector("posting", "Posting", limits, (), made.posting))
    monkeypatch.setitem(connectors(), "silent", Connector("silent", "Silent", limits, (), Silent))
    monkeypatch.setattr(hooks, "channels", OpenChannels(most=2))
    return made


def account(channel: str = "posting", **more: Any) -> Account:
    entity, _ = LegalEntity.objects.get_or_create(name="Seller", defaults={"country": "DE"})
    values = {"name": str(uuid4()), "channel": channel, "market": "DE", "currency": "EUR", "legal_entity": entity, **more}
    made: Account = Account.objects.create(**{"credentials": {"secret": "s1"}, **values})
    AccountProgress.objects.create(account=made, orders_complete_until=clock.now())
    return made


@pytest.fixture
def shop(db: None, kinds: Kinds) -> Account:
    return account()


def post(to: UUID, body: bytes = b'{"id": "m1", "order": "o1"}', signature: str = "s1", **more: Any) -> HttpResponse:
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    return client.post(f"/hooks/{to}", body, content_type="application/json", headers={"X-Signature": signature}, **more)


def counted(result: str) -> float:
    return REGISTRY.get_sample_value("entrepot_webhooks_total", {"channel": "posting", "result": result}) or 0


def test_a_signed_message_is_stored_and_sets_no_cookie(shop: Account) -> None:
    before = counted("accepted")
    answer = post(shop.public_id)
    assert (answer.status_code, answer.content, answer.cookies) == (204, b"", {})
    (hint,) = AccountHint.objects.all()
    assert (hint.account_id, hint.message_key, hint.kind, hint.remote_id) == (shop.pk, "m1", "order", "o1")
    assert counted("accepted") == before + 1


def test_f19_a_wrong_signature_is_counted_and_has_no_effect(shop: Account) -> None:
    before = counted("bad_signature")
    assert [post(shop.public_id, signature=text).status_code for text in ("", "other", "s1 ")] == [401, 401, 401]
    assert not AccountHint.objects.exists()
    assert counted("bad_signature") == before + 3


def test_f19_a_replay_is_one_effect(shop: Account) -> None:
    assert [post(shop.public_id).status_code for _ in range(3)] == [204, 204, 204]
    assert AccountHint.objects.count() == 1


def test_f19_a_changed_secret_is_used_at_once(shop: Account, kinds: Kinds) -> None:
    post(shop.public_id)
    shop.credentials = {"secret": "s2"}
    shop.save()
    assert post(shop.public_id, signature="s1").status_code == 401
    assert post(shop.public_id, signature="s2").status_code == 204
    assert len(kinds.opened) == 2


def test_a_channel_is_opened_once_and_the_longest_unused_falls_out(shop: Account, kinds: Kinds) -> None:
    others = [account(), account()]
    for one in (shop, shop, others[0], shop, others[1], shop):
        assert post(one.public_id).status_code == 204
    assert len(kinds.opened) == 3
    post(others[0].public_id)
    assert len(kinds.opened) == 4


HOSTILE = (
    b"",
    b"\x00",
    b"[" * 100_000,
    b'{"id": "m1"}',
    b'{"id": "a\\u0000", "order": "o1"}',
    b'{"id": "\\ud800", "order": "o1"}',
    b'{"id": "m1", "order": "\\udfff"}',
    b"\xff\xfe",
)


def test_f21_a_hostile_body_is_refused_and_stores_nothing(shop: Account) -> None:
    assert [post(shop.public_id, body).status_code for body in HOSTILE] == [400] * len(HOSTILE)
    assert post(shop.public_id, b"x" * (hooks.LARGEST + 1)).status_code == 413
    assert post(shop.public_id, b"{}", CONTENT_LENGTH=str(10 * 1024 * 1024)).status_code == 413
    assert not AccountHint.objects.exists()


def test_a_channel_that_cannot_be_asked_for_its_key_sends_again(shop: Account) -> None:
    answer = post(shop.public_id, signature="later")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert not AccountHint.objects.exists()


def test_the_address_is_tested_by_a_challenge(shop: Account, settings: Any) -> None:
    client = Client(SERVER_NAME="localhost")
    path = f"/hooks/{shop.public_id}"
    assert client.get(path, {"challenge": "c"}).json() == {"answer": "c", "address": f"http://localhost{path}"}
    settings.PUBLIC_URL = "https://shop.example.com/"
    assert client.get(path, {"challenge": "c"}).json() == {"answer": "c", "address": f"https://shop.example.com{path}"}
    assert client.get(path).status_code == 400
    assert client.put(path).status_code == 405


def test_what_takes_no_messages_does_not_exist(shop: Account) -> None:
    gone, silent, files = account(archived_at=clock.now()), account("silent"), account("file")
    assert [post(one).status_code for one in (uuid4(), gone.public_id, silent.public_id, files.public_id)] == [404] * 4


def test_a_paused_account_loses_no_message(shop: Account) -> None:
    Account.objects.filter(pk=shop.pk).update(state="paused")
    assert post(shop.public_id).status_code == 204
    assert AccountHint.objects.count() == 1


def test_f20_the_same_message_a_hundred_times_in_parallel_is_one_effect(transactional_db: None, kinds: Kinds) -> None:
    from django.db import connections

    one, answers = account(), []

    def send() -> None:
        for _ in range(25):
            answers.append(post(one.public_id).status_code)
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [204] * 100
    assert AccountHint.objects.count() == 1


@pytest.fixture
def public(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(hooks, "channels", OpenChannels())
    settings.PUBLIC_URL = live_server.url
    return live_server.url


def test_f19_ebays_sandbox_tests_the_address_and_its_signed_message_arrives(public: str) -> None:
    """The whole way: subscription, challenge, sale, signature by eBay's key, hint; and the same body unsigned."""
    from entrepot.base.ids import AccountId
    from entrepot.base.money import Money
    from entrepot.channels.access import open_channel
    from entrepot.channels.conformance import SandboxWorld
    from entrepot_sandbox.core.server import running
    from tests.connectors.ebay.samples import content

    plain = {"location_postcode": "97205", "alert_email": "alerts@example.com"}
    with running("ebay", seed=0) as printed:
        facts = printed["channels"]["ebay"]
        world = SandboxWorld(facts, settings=plain)
        secrets = {name: facts[name] for name in ("client_secret", "refresh_token")}
        names = (
            "client_id",
            "marketplace_id",
            "payment_policy_id",
            "return_policy_id",
            "fulfillment_policy_id",
            "category_id",
            "token_url",
        )
        known = {**plain, **{name: facts[name] for name in names}, "endpoint": facts["url"]}
        made = account("ebay", market=world.market, currency=world.currency, credentials=secrets, settings=known)
        opened = open_channel(AccountId(made.pk))
        opened.channel.publish([content("TEE", price=Money(2500, world.currency), quantity=3, remote_id=None)])
        opened.channel.subscribe(f"{public}/hooks/{made.public_id}")
        order = world.buy("TEE", 1)
        world.advance(timedelta(seconds=10))
        assert _waited_for(lambda: list(AccountHint.objects.values_list("kind", "remote_id"))) == [("order", order)]
        unsigned = post(made.public_id, b'{"metadata": {"topic": "ORDER_CONFIRMATION"}}')
        assert (unsigned.status_code, AccountHint.objects.count()) == (401, 1)
        opened.close()
        world.close()


def _waited_for(look: Any) -> Any:
    """What is there within two seconds; the sandbox posts from a thread of its own."""
    from time import monotonic, sleep

    end = monotonic() + 2
    while not (found := look()) and monotonic() < end:
        sleep(0.02)
    return found
