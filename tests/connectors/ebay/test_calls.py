"""What happens to a batch and to a token when calls fail, seen at the wire."""

import base64
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from entrepot.base.ids import OfferId, RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import AccessLost, Outcome, Receipt, Refused, Throttled, Unavailable, Unreadable, Wanted
from entrepot.connectors.ebay import codes
from tests.connectors.ebay.channel import NOW, Channel, Reply, answered, refusal
from tests.connectors.ebay.samples import content, sample


def wanted(number: int, quantity: int = 1) -> Wanted:
    return Wanted(OfferId(number), Sku(f"SKU-{number}"), quantity, version=number, remote_id=RemoteId(str(number)))


def outcomes(receipts: list[Receipt]) -> list[tuple[int, Outcome]]:
    return [(receipt.offer, receipt.outcome) for receipt in receipts]


def by_offer(**replies: Reply) -> Channel:
    """A channel that answers bulkUpdatePriceQuantity by offer: offer "2" gets what ``o2`` says, others are taken."""

    def answer(request: httpx.Request) -> Reply:
        offer_id = request.content.decode().split('"offerId":"')[1].split('"')[0]
        return replies.get(f"o{offer_id}") or answered({"responses": [{"statusCode": 200, "offerId": offer_id}]})

    return Channel(answer)


LOST = httpx.ReadTimeout("no answer")
CUT_OFF = httpx.ConnectError("no route")
BUSY = answered({"errors": [{"errorId": 2001, "message": "Too many requests"}]}, 429, **{"retry-after": "60"})


def test_a_refused_offer_does_not_stop_the_others() -> None:
    receipts = (
        by_offer(o2=refusal(25709, "Invalid value", fieldName="availableQuantity")).open().set_availability([wanted(n) for n in (1, 2, 3)])
    )
    assert outcomes(receipts) == [(1, Outcome.ACCEPTED), (2, Outcome.REFUSED), (3, Outcome.ACCEPTED)]
    assert [receipt.version for receipt in receipts] == [1, 2, 3]
    assert [(problem.code, problem.field) for problem in receipts[1].problems] == [("25709", "quantity")]


@pytest.mark.parametrize("reply", [LOST, answered(status=503), answered({"unexpected": True}), httpx.Response(200, text="<html>")])
def test_F3_F4_an_offer_whose_answer_was_lost_is_unknown_and_those_after_it_are_not_sent(reply: Reply) -> None:
    channel = by_offer(o2=reply)
    assert outcomes(channel.open().set_availability([wanted(n) for n in (1, 2, 3)])) == [(1, Outcome.ACCEPTED), (2, Outcome.UNKNOWN)]
    assert len(channel.sent) == 2


@pytest.mark.parametrize("reply", [BUSY, CUT_OFF, answered(status=403)])
def test_F1_an_offer_that_surely_was_not_taken_has_no_receipt(reply: Reply) -> None:
    channel = by_offer(o2=reply)
    assert outcomes(channel.open().set_availability([wanted(n) for n in (1, 2, 3)])) == [(1, Outcome.ACCEPTED)]
    assert len(channel.sent) == 2


@pytest.mark.parametrize(("reply", "error"), [(BUSY, Throttled), (CUT_OFF, Unavailable), (answered(status=403), AccessLost)])
def test_F1_the_error_itself_is_raised_when_nothing_was_sent(reply: Reply, error: type[Exception]) -> None:
    with pytest.raises(error):
        by_offer(o1=reply).open().set_availability([wanted(1), wanted(2)])


TOO_OFTEN = refusal(25019, "The listing was revised 250 times today.")
TOO_OFTEN_ENTRY = answered(
    {"responses": [{"statusCode": 400, "offerId": "2", "errors": [{"errorId": 25019, "message": "250 times"}]}]}, 207
)


@pytest.mark.parametrize("reply", [TOO_OFTEN, TOO_OFTEN_ENTRY], ids=["the call", "its entry"])
def test_a_listing_revised_too_often_today_takes_the_quantity_tomorrow(reply: Reply) -> None:
    first, second = by_offer(o2=reply).open().set_availability([wanted(1), wanted(2, quantity=0)])
    assert (first.outcome, first.again_at) == (Outcome.ACCEPTED, None)
    assert (second.outcome, [problem.code for problem in second.problems]) == (Outcome.REFUSED, ["25019"])
    assert second.again_at == datetime(2026, 3, 3, 8, 5, tzinfo=UTC), "shortly after midnight Pacific"


def test_a_listing_revised_too_often_today_takes_its_price_tomorrow() -> None:
    (receipt,) = revised(25019, 400)
    assert (receipt.outcome, receipt.again_at) == (Outcome.REFUSED, datetime(2026, 3, 3, 8, 5, tzinfo=UTC))


def test_any_other_refusal_does_not_end_by_itself() -> None:
    (receipt,) = by_offer(o1=refusal(25709)).open().set_availability([wanted(1)])
    assert (receipt.outcome, receipt.again_at) == (Outcome.REFUSED, None)


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-03-02T08:03:00", "2026-03-02T08:05:00"),  # our clock may be ahead: that is no reason to wait another day
        ("2026-03-02T08:05:00", "2026-03-03T08:05:00"),
        ("2026-03-08T12:00:00", "2026-03-09T07:05:00"),  # daylight saving begins
        ("2026-11-01T12:00:00", "2026-11-02T08:05:00"),  # and ends
    ],
)
def test_F16_ebays_day_begins_at_midnight_pacific(now: str, begins: str) -> None:
    assert codes.next_day(datetime.fromisoformat(now).replace(tzinfo=UTC)) == datetime.fromisoformat(begins).replace(tzinfo=UTC)


def test_a_refusal_before_the_outage_keeps_its_receipt() -> None:
    receipts = by_offer(o1=refusal(25709), o2=BUSY).open().set_availability([wanted(1), wanted(2)])
    assert outcomes(receipts) == [(1, Outcome.REFUSED)]


def test_a_look_that_fails_is_no_lost_write() -> None:
    """Publishing asks first; when that fails nothing was written, so nothing is unknown."""
    channel = Channel(lambda request: answered({"location": {}}) if "/location/" in request.url.path else LOST)
    account = channel.open()
    account.publish([])  # the location is known from here on
    with pytest.raises(Unavailable):
        account.revise([content()])


def test_an_offer_that_came_to_be_between_the_look_and_the_call_is_used() -> None:
    looks: list[int] = []

    def answer(request: httpx.Request) -> Reply:
        if request.method == "GET" and request.url.path.endswith("/offer"):
            looks.append(1)
            return refusal(25713, status=404) if len(looks) == 1 else answered({**sample("offers_of_sku"), "total": 2})
        if request.method == "POST" and request.url.path.endswith("/offer"):
            return refusal(25002, "Offer entity already exists.", offerId="8209000002")
        return answered({}) if request.method == "GET" else answered(status=204)

    channel = Channel(answer)
    (receipt,) = channel.open().publish([content(remote_id=None)])
    assert (receipt.outcome, receipt.remote_id) == (Outcome.ACCEPTED, "8209000002")
    assert channel.paths()[-1] == "PUT /sell/inventory/v1/offer/8209000002"


def test_a_price_alone_goes_without_the_quantity_so_that_no_sale_is_shown_again() -> None:
    item = {**sample("item"), "product": {"title": "Oak table lamp", "description": "A lamp of oak.", "aspects": {"Brand": ["Nordhus"]}}}
    item["product"]["brand"] = "Nordhus"

    def answer(request: httpx.Request) -> Reply:
        if request.url.path.endswith("/offer"):
            return answered(sample("offers_of_sku"))
        if request.method == "GET":
            return answered(item)
        return answered({"responses": [{"statusCode": 200, "offerId": "8209000002"}]})

    channel = Channel(answer)
    account = channel.open()
    account.revise([content()])
    assert all(path.startswith("GET") for path in channel.paths())
    account.revise([content(price=account_price(2100))])
    assert [path for path in channel.paths() if not path.startswith("GET")] == ["POST /sell/inventory/v1/bulk_update_price_quantity"]
    assert b"uantity" not in channel.sent[-1].content.replace(b"bulk_update_price_quantity", b"")


@pytest.mark.parametrize(
    ("status", "error_id", "outcome"), [(500, 25001, Outcome.UNKNOWN), (503, 25001, Outcome.UNKNOWN), (400, 25003, Outcome.REFUSED)]
)
def test_a_price_that_ebay_itself_failed_on_is_not_refused(status: int, error_id: int, outcome: Outcome) -> None:
    (receipt,) = revised(error_id, status)
    assert (receipt.outcome, [problem.code for problem in receipt.problems]) == (outcome, [str(error_id)])


def revised(error_id: int, status: int) -> list[Receipt]:
    """A new price, which the channel answers with this error."""
    item = {**sample("item"), "product": {"title": "Oak table lamp", "description": "A lamp of oak.", "aspects": {"Brand": ["Nordhus"]}}}
    item["product"]["brand"] = "Nordhus"

    def answer(request: httpx.Request) -> Reply:
        if request.url.path.endswith("/offer"):
            return answered(sample("offers_of_sku"))
        if request.method == "GET":
            return answered(item)
        entry = {"statusCode": status, "offerId": "8209000002", "errors": [{"errorId": error_id, "message": "no"}]}
        return answered({"responses": [entry]}, 207)

    return Channel(answer).open().revise([content(price=account_price(2100))])


def account_price(minor: int) -> Money:
    return Money(minor, "EUR")


def test_a_variation_that_ebay_keeps_on_the_page_is_off_sale_at_zero_and_the_receipt_says_so() -> None:
    group = {
        "title": "Lamp",
        "variantSKUs": ["LAMP/OAK-M", "LAMP/OAK-L"],
        "variesBy": {"specifications": [{"name": "Size", "values": ["M", "L"]}]},
    }
    large = {**sample("offers_of_sku")["offers"][1], "sku": "LAMP/OAK-L", "offerId": "9"}

    def answer(request: httpx.Request) -> Reply:
        path = request.url.path
        if path.endswith("/offer"):
            return answered({"offers": [large]}) if request.url.params["sku"].endswith("L") else answered(sample("offers_of_sku"))
        if "/inventory_item_group/" in path:
            return answered(group) if request.method == "GET" else refusal(25013, "This variation has sales.")
        if path.endswith("/bulk_get_inventory_item"):
            return answered(
                {"responses": [{"sku": "LAMP/OAK-L", "statusCode": 200, "inventoryItem": {"product": {"aspects": {"Size": ["L"]}}}}]}
            )
        if path.endswith("/bulk_update_price_quantity"):
            return answered({"responses": [{"statusCode": 200, "offerId": "8209000002"}]})
        return answered(sample("item"))

    channel = Channel(answer)
    (receipt,) = channel.open().end([Wanted(OfferId(7), Sku("LAMP/OAK-M"), 0, 3)])
    assert (receipt.outcome, receipt.version, [problem.code for problem in receipt.problems]) == (Outcome.LIVE, 3, ["kept_at_zero"])
    written = {request.url.path.rsplit("/", 1)[1]: json.loads(request.content) for request in channel.sent if request.method != "GET"}
    assert written["bulk_update_price_quantity"]["requests"][0]["offers"] == [{"offerId": "8209000002", "availableQuantity": 0}]
    assert written["LAMP-OAK"]["variantSKUs"] == ["LAMP/OAK-L"]
    assert written["LAMP-OAK"]["variesBy"]["specifications"] == [{"name": "Size", "values": ["L"]}]


@pytest.mark.parametrize("status", [500, 503])
def test_an_item_that_ebay_fails_to_read_is_not_an_unknown_item(status: int) -> None:
    known = {"sku": "A", "statusCode": 200, "inventoryItem": {"product": {"title": "Lamp"}}}
    answer = answered({"responses": [known, {"sku": "B", "statusCode": status, "errors": [{"errorId": 25001}]}]}, 207)
    with pytest.raises(Unavailable) as no:
        Channel(lambda _: answer).open().client.get_items(["A", "B"])
    assert no.value.sent is False


def test_an_item_that_ebay_does_not_know_is_left_out() -> None:
    known = {"sku": "A", "statusCode": 200, "inventoryItem": {"product": {"title": "Lamp"}}}
    answer = answered({"responses": [known, {"sku": "B", "statusCode": 404, "errors": [{"errorId": 25710}]}]}, 207)
    assert list(Channel(lambda _: answer).open().client.get_items(["A", "B"])) == ["A"]


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_is_asked_for_once_with_the_keyset_and_kept_until_shortly_before_its_end() -> None:
    channel = Channel(lambda _: answered(sample("order_paid")))
    account = channel.open()
    account.read_order(RemoteId("1"))
    channel.turn(timedelta(minutes=118))
    account.read_order(RemoteId("1"))
    assert channel.tokens == 1
    channel.turn(timedelta(minutes=1, seconds=30))
    account.read_order(RemoteId("1"))
    assert channel.tokens == 2
    assert [request.headers["authorization"] for request in channel.sent] == ["Bearer t1", "Bearer t1", "Bearer t2"]


def test_the_call_log_never_sees_a_secret() -> None:
    channel = Channel(lambda _: answered(sample("order_paid")))
    channel.open().read_order(RemoteId("1"))
    (token, order) = channel.log
    assert (token.operation, token.request, token.answer) == ("getToken", b"", b"")
    assert (order.operation, order.status) == ("getOrder", 200)
    assert "cert" not in repr(channel.log)
    assert base64.b64encode(b"app:cert").decode() not in repr(channel.log)


def test_F5_a_refused_token_is_renewed_once_and_the_call_repeated_once() -> None:
    replies = [answered(status=401), answered(sample("order_paid"))]
    channel = Channel(lambda _: replies.pop(0))
    assert channel.open().read_order(RemoteId("1")).remote_id == "14-05391-71830"
    assert [request.headers["authorization"] for request in channel.sent] == ["Bearer t1", "Bearer t2"]


def test_F5_a_token_refused_twice_is_lost_access() -> None:
    channel = Channel(lambda _: refusal(1001, "Invalid access token", 401))
    with pytest.raises(AccessLost):
        channel.open().read_order(RemoteId("1"))
    assert (len(channel.sent), channel.tokens) == (2, 2)


def test_F5_a_revoked_refresh_token_is_lost_access_and_nothing_is_sent() -> None:
    channel = Channel(lambda _: answered({}))
    channel.token_reply = answered({"error": "invalid_grant", "error_description": "revoked"}, 400)
    with pytest.raises(AccessLost, match="sign in to eBay again"):
        channel.open().read_order(RemoteId("1"))
    assert channel.sent == []


@pytest.mark.parametrize(
    "reply",
    [
        answered(status=500),
        answered(status=403),
        answered(status=404),
        answered(status=302),
        httpx.ReadTimeout("no answer"),
        httpx.Response(200, text="<html>"),
        answered({"token_type": "User"}),
    ],
    ids=["500", "403", "404", "redirect", "timeout", "html", "no token"],
)
def test_F3_without_a_token_nothing_has_left_and_no_offer_is_unknown(reply: Reply) -> None:
    channel = by_offer()
    channel.token_reply = reply
    with pytest.raises(Unavailable) as no:
        channel.open().set_availability([wanted(1), wanted(2)])
    assert no.value.sent is False
    assert channel.sent == []


@pytest.mark.parametrize("missing", ["client_id", "marketplace_id"])
def test_a_missing_setting_is_named_when_the_account_is_opened(missing: str) -> None:
    with pytest.raises(AccessLost, match=missing):
        Channel(lambda _: answered({})).open(**{missing: ""})


# --- addresses and pages ---------------------------------------------------------------------------------------------


def test_a_slash_in_a_sku_stays_part_of_it() -> None:
    channel = Channel(lambda _: refusal(25710, status=404))
    channel.open().client.get_item("LAMP/OAK M+1")
    assert channel.paths() == ["GET /sell/inventory/v1/inventory_item/LAMP%2FOAK%20M%2B1"]


def test_the_search_is_percent_encoded_and_ends_open_when_its_end_is_now() -> None:
    channel = Channel(lambda _: answered({"total": 0, "orders": []}))
    account = channel.open()
    account.read_orders(since=NOW - timedelta(hours=1), until=NOW)
    account.read_orders(since=NOW - timedelta(hours=2), until=NOW - timedelta(hours=1))
    first, second = (path.split("?")[1] for path in channel.paths())
    assert first == "filter=lastmodifieddate%3A%5B2026-03-02T11%3A00%3A00.000Z..%5D&limit=200&offset=0"
    assert "2026-03-02T10%3A00%3A00.000Z..2026-03-02T11%3A00%3A00.000Z" in second


def test_F6_items_whose_pages_come_again_end() -> None:
    page = {"total": 500, "inventoryItems": [{"sku": f"S{n}"} for n in range(200)]}
    channel = Channel(lambda _: answered(page))
    assert len(list(channel.open().client.items())) == 200
    assert len(channel.sent) == 2


def test_F6_a_list_whose_next_points_to_itself_ends() -> None:
    page = {"total": 9, "destinations": [{"destinationId": "d"}], "next": "http://ebay.test/x?continuation_token=again"}
    channel = Channel(lambda _: answered(page))
    assert len(list(channel.open().client.destinations())) == 2


def test_F4_a_page_that_is_no_json_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        Channel(lambda _: httpx.Response(200, text="<html>")).open().read_orders(since=NOW, until=NOW)


def test_an_order_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refused, match="no order"):
        Channel(lambda _: refusal(32100, status=404)).open().read_order(RemoteId("x"))


def test_an_order_of_another_marketplace_of_the_seller_is_not_read_here() -> None:
    with pytest.raises(Refused, match="EBAY_DE") as no:
        Channel(lambda _: answered(sample("order_paid", lineItems__0__listingMarketplaceId="EBAY_FR"))).open().read_order(RemoteId("1"))
    assert no.value.code == "other_marketplace"
