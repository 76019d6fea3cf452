"""F4, F11, F21: whatever stands at whatever place of an answer, a mapping reads it or says Unreadable; it never breaks otherwise."""

import base64
import contextlib
import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from entrepot.base.ids import OfferId, RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import Access, ChannelError, Refused, Shipment, ShipmentLine, Transport, Unreadable, Wanted
from entrepot.connectors.ebay import CONNECTOR, codes, notifications, read, write
from entrepot.connectors.ebay.account import EbayAccount
from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.http import Request
from entrepot_sandbox.core.world import NotEnoughLeft, UnknownSku
from entrepot_sandbox.ebay.http import Ebay
from tests.connectors.ebay.samples import SHIRT, content, sample

HOOK = "http://127.0.0.1/hooks/1"

JUNK: list[Any] = [
    None,
    "",
    "x",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    [[]],
    [None],
    {"a": None},
    "9" * 400,
    "NaN",
    "1e999999",
    "\ud800",
    "2026-13-45T00:00:00Z",
]
WHOLE: tuple[Any, ...] = (None, [], "x", 7, {})
PARTS: tuple[Any, ...] = (None, 5, [5], {"a": 1}, "x")
GONE = object()


def places(raw: Any, *way: str | int) -> Iterator[tuple[str | int, ...]]:
    """The path of every value in a document."""
    steps: Any = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for step, value in steps:
        yield (*way, step)
        yield from places(value, *way, step)


def spoiled(raw: Any) -> Iterator[tuple[str, Any]]:
    """The document with one value replaced or taken out, for every value and every kind of junk."""
    for *way, last in places(raw):
        for junk in (*JUNK, GONE):
            made = copy.deepcopy(raw)
            here = made
            for step in way:
                here = here[step]
            if junk is GONE:
                del here[last]
            else:
                here[last] = junk
            yield f"{'.'.join(map(str, (*way, last)))} = {'(gone)' if junk is GONE else str(junk)[:12]!r}", made


def wanted() -> Wanted:
    return Wanted(OfferId(7), Sku("LAMP/OAK-M"), 3, 1)


READERS: list[tuple[str, Any, Callable[[Any], object]]] = [
    ("an order", sample("order_paid"), read.order),
    ("packages", sample("fulfillments"), lambda raw: read.shipped_units(raw["fulfillments"])),
    ("a package looked for", sample("fulfillments"), lambda raw: read.holds_package(raw["fulfillments"], {"trackingNumber": "A"})),
    (
        "a package without number looked for",
        sample("fulfillments"),
        lambda raw: read.holds_package(raw["fulfillments"], {"shippedDate": "2026-03-04T11:30:00.000Z", "lineItems": []}),
    ),
    ("offers", sample("offers_of_sku"), lambda raw: [read.listing(one, None) for one in raw["offers"]]),
    ("the offer of a marketplace", sample("offers_of_sku"), lambda raw: read.offer_of(raw["offers"], "EBAY_DE")),
    ("an item", sample("item"), lambda raw: read.listing(sample("offers_of_sku")["offers"][1], raw)),
    ("the group of an item", sample("item"), read.group_key),
    ("the aspects of an item", sample("item"), lambda raw: write.group(SHIRT, {"A": read.aspects(raw)})),
    ("the quantities of an item", sample("item"), write.kept_availability),
    ("an offer compared", sample("offers_of_sku"), lambda raw: write.same(sample("offers_of_sku"), raw)),
    ("a bulk answer", sample("price_quantity_207"), lambda raw: read.availability_receipt(wanted(), "8209000003", raw["responses"])),
    ("an error", sample("price_quantity_207"), lambda raw: [codes.problems(read.listed(entry, "errors")) for entry in raw["responses"]]),
    ("quotas", sample("rate_limits"), read.quotas),
]
# The caller takes these apart itself, by readers of its own: the list must be there.
LISTS = ("fulfillments", "offers", "responses")


@pytest.mark.parametrize(("name", "document", "reads"), READERS, ids=[name for name, _, _ in READERS])
def test_F11_junk_anywhere_is_read_or_unreadable(name: str, document: Any, reads: Callable[[Any], object]) -> None:
    tried = 0
    for what, raw in spoiled(document):
        if not all(isinstance(raw.get(key), list) for key in LISTS if key in document):
            continue
        tried += 1
        try:
            reads(raw)
        except Unreadable:
            continue
        except Exception as broke:
            raise AssertionError(f"{name} with {what}: {type(broke).__name__}: {broke}") from broke
    assert tried > 50


def test_F4_a_page_of_junk_never_raises_but_unreadable() -> None:
    for junk in JUNK:
        for raw in ({"total": 1, "orders": junk}, {"total": junk, "orders": [sample("order_paid")]}, {"total": 1, "orders": [junk]}, junk):
            try:
                page = read.page(raw, read.Place(), "EBAY_DE")
            except Unreadable:
                continue
            assert all(order.lines for order in page.orders)


def test_F21_a_message_of_junk_is_refused_or_points_at_nothing() -> None:
    for what, raw in spoiled(sample("notification")):
        try:
            for hint in notifications.hints(json.dumps(raw).encode()):
                assert hint.remote_id, what
        except (Refused, Unreadable):
            continue


def test_F19_an_envelope_of_junk_is_refused() -> None:
    for junk in JUNK:
        for raw in (junk, {"kid": junk, "signature": "AAAA"}, {"kid": "k", "signature": junk}):
            try:
                kid, _ = notifications.envelope(base64.b64encode(json.dumps(raw).encode()).decode())
            except Refused:
                continue
            assert kid


# --- a whole day of calls, one answer spoiled ------------------------------------------------------------------------


class Spoiling(httpx.BaseTransport):
    """Hands requests to a sandbox in this process; the answer at ``place`` has its document changed by ``how``."""

    def __init__(self, market: Ebay, place: int, how: Callable[[Any], Any]) -> None:
        self._market, self._place, self._how = market, place, how
        self.answers: list[Any] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Request.make(request.method, request.url.raw_path.decode(), headers=headers, body=request.read())
        answer = self._market.handle(asked)
        document = json.loads(answer.body) if answer.body else None
        self.answers.append(document)
        content = answer.body
        if len(self.answers) - 1 == self._place and 200 <= answer.status < 300:
            content = json.dumps(self._how(document)).encode()
        return httpx.Response(answer.status, headers=dict(answer.headers) | {"content-length": str(len(content))}, content=content)


def day(place: int = -1, how: Callable[[Any], Any] = lambda document: document) -> list[Any]:
    """A seller's day; every step is tried, whatever became of the one before. Gives the answers, unspoiled."""
    market = Ebay(Clock.virtual(), seed=0)
    market.notices.ask = lambda url: json.dumps(account.answer_challenge({"challenge_code": url.split("=")[1]}, HOOK)).encode()
    spoiling = Spoiling(market, place, how)
    facts = market.facts()
    transport = Transport(
        limits={}, clock=market.clock.now, log=lambda call: None, client=httpx.Client(transport=spoiling, base_url="http://127.0.0.1")
    )
    account: EbayAccount = CONNECTOR.open(
        Access(
            credentials={},
            settings={**facts, "endpoint": "http://127.0.0.1", "location_postcode": "97205", "alert_email": "a@example.com"},
            currency=facts["currency"],
            market="US",
            language="en",
            transport=transport,
            clock=market.clock.now,
        )
    )
    price = Money(900, facts["currency"])
    group = replace(SHIRT, options=("Size",))
    shirts = [content(sku, group=group, options={"Size": sku}, price=price, remote_id=None) for sku in SHIRT.members]
    lamp = content("LAMP", price=price, remote_id=None)
    now = market.clock.now()
    steps: list[Callable[[], object]] = [
        lambda: account.publish([lamp, *shirts]),
        lambda: account.revise([replace(lamp, price=price * 2), replace(lamp, title="Another")]),
        lambda: account.revise([replace(one, description="Another.") for one in shirts]),
        lambda: account.set_availability([Wanted(one.offer, one.sku, 2, 1) for one in (lamp, *shirts)]),
        lambda: account.read_listings([lamp.sku, *SHIRT.members]),
        lambda: list(account.all_listings()),
        lambda: account.subscribe(HOOK),
        lambda: account.read_quota(),
        lambda: ship(account, market),
        lambda: account.read_orders(since=now - timedelta(days=1), until=market.clock.now()),
        lambda: account.end([Wanted(OfferId(1), SHIRT.members[0], 0, 2)]),
        lambda: account.end([Wanted(OfferId(1), sku, 0, 2) for sku in (lamp.sku, *SHIRT.members)]),
    ]
    for step in steps:
        with contextlib.suppress(ChannelError):
            step()
    return spoiling.answers


def ship(account: EbayAccount, market: Ebay) -> None:
    try:
        order_id = RemoteId(market.buy("LAMP", 2))
    except (UnknownSku, NotEnoughLeft):
        return
    market.clock.advance(10)
    order = account.read_order(order_id)
    package = Shipment(order_id, 1, [ShipmentLine(order.lines[0].remote_id, 1)], "dhl", "JJD1", market.clock.now())
    account.confirm_shipment(package)
    account.read_order(order_id)


def always(junk: Any) -> Callable[[Any], Any]:
    return lambda _: junk


def replacing(name: str, junk: Any) -> Callable[[Any], Any]:
    return lambda document: {**document, name: junk}


def test_F4_whichever_answer_is_spoiled_only_the_five_errors_come_out() -> None:
    answers = day()
    assert len(answers) > 60
    known: set[tuple[str, ...]] = set()
    for place, answer in enumerate(answers):
        shape = tuple(answer) if isinstance(answer, dict) else ()
        if shape in known:
            continue
        known.add(shape)
        for whole in WHOLE:
            day(place, always(whole))
        for number, name in enumerate(shape):
            day(place, replacing(name, PARTS[(place + number) % len(PARTS)]))
    assert len(known) > 12
