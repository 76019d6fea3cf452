"""Publishing, revising, ending, showing a quantity and reading back, one SKU a call."""

import json
import threading
from datetime import timedelta
from typing import Any

import httpx
import pytest

from entrepot.base.ids import OfferId, RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import AccessLost, Outcome, Problem, Throttled, Unavailable, Unreadable, Wanted
from entrepot.connectors.amazon import attributes
from entrepot.connectors.amazon.listings import listing, receipt
from tests.connectors.amazon.desk import NOW, SELLER, STORE, Desk, opened, sample
from tests.connectors.amazon.test_attributes import DE, member, offer

ITEM = "/listings/2021-08-01/items/"
ACCEPTED = (200, sample("put_accepted"))
DOWN = (503, {"errors": [{"code": "ServiceUnavailable", "message": "down"}]})
THROTTLED = (429, {"errors": [{"code": "QuotaExceeded", "message": "too fast"}]})
MISSING = (404, {"errors": [{"code": "NotFound", "message": "no such SKU", "details": "no such SKU"}]})
SCHEMA = {"properties": {"variation_theme": {"items": {"properties": {"name": {"enum": ["SIZE/COLOR"]}}}}}}


def wanted(number: int, quantity: int = 5, **more: Any) -> Wanted:
    return Wanted(OfferId(number), Sku(f"SKU-{number}"), quantity, version=100 + number, **more)


def body(request: httpx.Request) -> Any:
    return json.loads(request.content)


def with_schema(desk: Desk) -> Desk:
    desk.on("GET", "/definitions/", (200, {"schema": {"link": {"resource": "https://s3.example/lamp.json", "verb": "GET"}}}))
    return desk.on("GET", "lamp.json", (200, SCHEMA))


# --- show a quantity ---------------------------------------------------------------------------------------------


def test_a_quantity_is_merged_alone_and_accepted_not_live() -> None:
    desk = Desk().on("PATCH", ITEM, ACCEPTED)
    (got,) = opened(desk).set_availability([wanted(1, 0)])
    (asked,) = desk.asked("PATCH")
    assert body(asked) == {
        "productType": "PRODUCT",
        "patches": [
            {
                "op": "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 0}],
            }
        ],
    }
    assert asked.url.params["marketplaceIds"] == STORE
    assert (got.offer, got.outcome, got.version, got.remote_id) == (1, Outcome.ACCEPTED, 101, RemoteId("B000000001"))


def test_a_price_goes_in_the_same_call() -> None:
    desk = Desk().on("PATCH", ITEM, ACCEPTED)
    opened(desk).set_availability([wanted(1, price=Money(1999, "EUR"))])
    assert [patch["path"] for patch in body(desk.asked("PATCH")[0])["patches"]] == [
        "/attributes/fulfillment_availability",
        "/attributes/purchasable_offer",
    ]


def test_a_sku_may_hold_what_an_address_may_not() -> None:
    desk = Desk().on("PATCH", ITEM, ACCEPTED)
    opened(desk).set_availability([Wanted(OfferId(1), Sku("A/B c%?#ü"), 1, 1)])
    assert desk.asked("PATCH")[0].url.raw_path.startswith(f"{ITEM}{SELLER}/A%2FB%20c%25%3F%23%C3%BC?".encode())


def test_one_refused_offer_never_fails_the_batch() -> None:
    desk = Desk().on("PATCH", ITEM, ACCEPTED).on("PATCH", "SKU-2", (200, sample("put_invalid"))).on("PATCH", "SKU-3", MISSING)
    got = opened(desk).set_availability([wanted(n) for n in (1, 2, 3, 4)])
    assert [(r.offer, r.outcome, r.version) for r in got] == [
        (1, Outcome.ACCEPTED, 101),
        (2, Outcome.REFUSED, 102),
        (3, Outcome.REFUSED, 103),
        (4, Outcome.ACCEPTED, 104),
    ]
    assert got[2].problems == (Problem("NotFound", "no such SKU"),)


def test_F1_throttled_in_the_middle_keeps_the_receipts_and_leaves_the_rest_unsent() -> None:
    desk = Desk().on("PATCH", ITEM, THROTTLED).on("PATCH", "SKU-1", ACCEPTED)
    got = opened(desk).set_availability([wanted(n) for n in range(1, 9)])
    assert [(r.offer, r.outcome) for r in got] == [(1, Outcome.ACCEPTED)]
    assert len(desk.asked("PATCH")) < 8, "after the first refusal nothing more is sent"


@pytest.mark.parametrize(("header", "wait"), [({}, None), ({"retry-after": "7"}, timedelta(seconds=7))])
def test_F1_when_nothing_was_sent_the_error_itself_is_raised(header: dict[str, str], wait: timedelta | None) -> None:
    desk = Desk().on("PATCH", ITEM, httpx.Response(429, headers=header, json=THROTTLED[1]))
    with pytest.raises(Throttled) as caught:
        opened(desk).set_availability([wanted(1)])
    assert caught.value.retry_after == wait


def test_F1_our_own_quota_is_asked_before_the_call_leaves() -> None:
    desk = Desk().on("GET", "/orders/", (200, sample("order_unshipped")))
    account = opened(desk, clock=lambda: NOW)
    for _ in range(29):
        account.read_order(RemoteId("1"))
    assert [left.remaining for left in account.read_quota() if left.operation == "getOrder"] == [0]


@pytest.mark.parametrize(
    "broken",
    [
        DOWN,
        httpx.ReadTimeout("no answer"),
        httpx.RemoteProtocolError("cut off"),
        httpx.Response(200, text="<html>oops</html>"),
        httpx.Response(200, content=b'{"sku": "SKU-2", "sta'),
        httpx.Response(200, content=b""),
        (200, {"sku": "SKU-2"}),
    ],
    ids=["F2-503", "F3-timeout", "F4-cut", "F4-html", "F4-truncated", "F4-empty", "F4-no-status"],
)
def test_F3_a_lost_answer_is_unknown_never_done_and_never_not_done(broken: Any) -> None:
    desk = Desk().on("PATCH", ITEM, ACCEPTED).on("PATCH", "SKU-2", broken)
    account = opened(desk)
    assert [r.outcome for r in account.set_availability([wanted(1)])] == [Outcome.ACCEPTED]
    (got,) = account.set_availability([wanted(2)])
    assert (got.offer, got.outcome, got.version) == (2, Outcome.UNKNOWN, 102)
    assert got.problems[0].message


def test_F3_a_call_that_could_not_leave_has_no_receipt() -> None:
    desk = Desk().on("PATCH", ITEM, httpx.ConnectError("no route"))
    with pytest.raises(Unavailable) as caught:
        opened(desk).set_availability([wanted(1), wanted(2)])
    assert caught.value.sent is False


def test_a_batch_uses_the_quota_while_answers_are_slow() -> None:
    together = threading.Barrier(4, timeout=5)

    def slow(request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH":
            together.wait()  # passes only when four calls are on their way at once
        return Desk().on("PATCH", ITEM, ACCEPTED)(request)

    got = opened(slow).set_availability([wanted(n) for n in (1, 2, 3, 4)])
    assert [r.offer for r in got] == [1, 2, 3, 4], "the receipts keep the order given"


def test_nothing_wanted_sends_nothing() -> None:
    desk = Desk()
    assert opened(desk).set_availability([]) == []
    assert desk.requests == []


# --- publish -----------------------------------------------------------------------------------------------------


def test_a_single_offer_is_put_whole_under_its_sku() -> None:
    desk = Desk().on("PUT", ITEM, ACCEPTED)
    (got,) = opened(desk).publish([offer()])
    (asked,) = desk.asked("PUT")
    assert asked.url.raw_path.startswith(f"{ITEM}{SELLER}/LAMP%2FRED?".encode())
    assert body(asked)["productType"] == "LAMP"
    assert body(asked)["requirements"] == "LISTING"
    assert body(asked)["attributes"]["fulfillment_availability"] == [{"fulfillment_channel_code": "DEFAULT", "quantity": 7}]
    assert (got.outcome, got.remote_id) == (Outcome.ACCEPTED, "B000000001")


def test_a_group_is_its_page_first_then_its_members() -> None:
    desk = with_schema(Desk().on("PUT", ITEM, ACCEPTED))
    got = opened(desk).publish([member(), member(offer=OfferId(2), sku=Sku("LAMP/BLUE"))])
    puts = desk.asked("PUT")
    assert puts[0].url.path.endswith("/LAMP-PARENT")
    assert sorted(put.url.path.rpartition(SELLER)[2] for put in puts[1:]) == ["/LAMP/BLUE", "/LAMP/RED"]
    assert body(puts[0])["requirements"] == "LISTING_PRODUCT_ONLY"
    assert [body(put)["attributes"]["variation_theme"][0]["name"] for put in puts] == ["SIZE/COLOR"] * 3
    assert [(r.offer, r.outcome) for r in got] == [(1, Outcome.ACCEPTED), (2, Outcome.ACCEPTED)]
    assert len(desk.asked("GET", "/definitions/")) == 1, "a product type is read once"


def test_a_refused_page_refuses_its_members_and_no_other_offer() -> None:
    desk = with_schema(Desk().on("PUT", ITEM, ACCEPTED).on("PUT", "LAMP-PARENT", (200, sample("put_invalid"))))
    got = opened(desk).publish([member(), offer(offer=OfferId(9), sku=Sku("BULB")), member(offer=OfferId(2), sku=Sku("LAMP/BLUE"))])
    assert [(r.offer, r.outcome) for r in got] == [(1, Outcome.REFUSED), (9, Outcome.ACCEPTED), (2, Outcome.REFUSED)]
    assert got[0].problems[0].field == "brand"
    assert len(desk.asked("PUT", "LAMP%2F")) == 0


def test_an_option_without_an_attribute_is_refused_before_anything_is_sent() -> None:
    desk = with_schema(Desk().on("PUT", ITEM, ACCEPTED))
    (got,) = opened(desk).publish([member(options={"Lochabstand": "3", "Size": "M", "Style": "plain"})])
    assert (got.outcome, got.problems[0].field, got.problems[0].code) == (Outcome.REFUSED, "options", "option_unknown")


def test_F3_the_channel_down_at_a_page_means_nothing_was_published() -> None:
    with pytest.raises(Unavailable):
        opened(with_schema(Desk().on("PUT", "LAMP-PARENT", DOWN))).publish([member()])


# --- revise ------------------------------------------------------------------------------------------------------


def shown(**changed: Any) -> tuple[int, Any]:
    raw = sample("listing_buyable")
    return 200, {**raw, "attributes": attributes.new_offer(offer(**changed), DE)}


def test_a_revision_patches_what_differs_under_the_product_type_amazon_shows() -> None:
    desk = Desk().on("GET", ITEM, shown(title="Alt")).on("PATCH", ITEM, ACCEPTED)
    (got,) = opened(desk).revise([offer(quantity=99)])
    assert body(desk.asked("PATCH")[0])["productType"] == "LAMP"
    assert [patch["path"] for patch in body(desk.asked("PATCH")[0])["patches"]] == ["/attributes/item_name"]
    assert got.outcome is Outcome.ACCEPTED


def test_a_revision_that_changes_nothing_sends_nothing_and_is_live() -> None:
    desk = Desk().on("GET", ITEM, shown())
    (got,) = opened(desk).revise([offer(quantity=99)])
    assert got.outcome is Outcome.LIVE
    assert desk.asked("PATCH") == []


def test_a_revision_of_a_listing_that_is_gone_is_refused_with_the_cure() -> None:
    (got,) = opened(Desk().on("GET", ITEM, MISSING)).revise([offer()])
    assert got.outcome is Outcome.REFUSED
    assert "publish it again" in got.problems[0].message


# --- end ---------------------------------------------------------------------------------------------------------


def test_an_ended_offer_is_accepted_and_one_already_gone_is_done() -> None:
    desk = Desk().on("DELETE", ITEM, ACCEPTED).on("DELETE", "SKU-2", MISSING)
    got = opened(desk).end([wanted(1), wanted(2)])
    assert [(r.offer, r.outcome, r.version) for r in got] == [(1, Outcome.ACCEPTED, 101), (2, Outcome.LIVE, 102)]


def test_F2_an_end_without_an_answer_is_unknown() -> None:
    (got,) = opened(Desk().on("DELETE", ITEM, DOWN)).end([wanted(1)])
    assert got.outcome is Outcome.UNKNOWN


# --- read back ---------------------------------------------------------------------------------------------------


def test_a_buyable_listing_shows_our_stores_price_and_our_own_stock() -> None:
    got = listing(sample("listing_buyable"), STORE)
    assert got is not None
    assert (got.sku, got.live, got.quantity, got.price, got.title) == ("LAMP/RED", True, 7, Money(2500, "EUR"), "Tischlampe")
    assert got.remote_id == "B000000001"
    assert got.problems == (), "a warning that Amazon does not act on is no problem"


def test_a_sold_out_listing_is_live_and_a_suppressed_one_is_not() -> None:
    sold_out, suppressed = listing(sample("listing_sold_out"), STORE), listing(sample("listing_suppressed"), STORE)
    assert sold_out is not None
    assert suppressed is not None
    assert (sold_out.live, sold_out.quantity) == (True, 0)
    assert (suppressed.live, suppressed.quantity) == (False, 7)
    assert [(problem.code, problem.field) for problem in suppressed.problems] == [("18155", "price"), ("18027", "pictures")]


def test_the_page_of_a_group_and_another_stores_item_are_no_listings() -> None:
    assert listing(sample("listing_parent"), STORE) is None
    assert listing(sample("listing_buyable"), "A1F83G8C2ARO7P") is None


def test_F11_a_listing_without_status_is_named_unreadable() -> None:
    raw = sample("listing_sold_out")
    del raw["summaries"][0]["status"]
    with pytest.raises(Unreadable) as caught:
        listing(raw, STORE)
    assert caught.value.path == "status"


def test_listings_are_read_twenty_a_call_and_a_sku_with_a_comma_alone() -> None:
    found = {"numberOfResults": 1, "items": [sample("listing_buyable")]}
    desk = Desk().on("GET", f"{ITEM}{SELLER}\\?", (200, found)).on("GET", f"{ITEM}{SELLER}/A%2CB", (200, sample("listing_sold_out")))
    got = opened(desk).read_listings([*(Sku(f"S{n}") for n in range(21)), Sku("A,B")])
    searches = desk.asked("GET", f"{SELLER}\\?")
    assert [len(search.url.params["identifiers"].split(",")) for search in searches] == [20, 1]
    assert [shown.quantity for shown in got] == [7, 7, 0]


def test_a_sku_amazon_does_not_know_is_left_out() -> None:
    desk = Desk().on("GET", f"{SELLER}\\?", (200, {"numberOfResults": 0, "items": []})).on("GET", f"{SELLER}/", MISSING)
    assert opened(desk).read_listings([Sku("X"), Sku("A,B")]) == []


def item(number: int, created: str) -> Any:
    raw = sample("listing_buyable")
    raw["sku"] = f"S{number}"
    raw["summaries"][1]["createdDate"] = created
    return raw


def test_all_listings_go_on_behind_the_thousand_that_one_search_shows() -> None:
    def stamp(n: int) -> str:
        return f"2026-10-{1 + n // 600:02}T{n // 60 % 10:02}:{n % 60 // 2:02}:00Z"  # two listings an instant

    everything = [item(n, stamp(n)) for n in range(1030)]

    def search(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return Desk()(request)
        query = request.url.params
        found = [raw for raw in everything if raw["summaries"][1]["createdDate"] >= query.get("createdAfter", "")][:1000]
        start = int(query.get("pageToken", "0"))
        page: dict[str, Any] = {"numberOfResults": len(found), "items": found[start : start + 20]}
        if start + 20 < len(found):
            page["pagination"] = {"nextToken": str(start + 20)}
        return httpx.Response(200, json=page)

    now = [0.0]

    def clock() -> Any:
        now[0] += 1  # the quota of searches refills as the clock goes on
        return NOW + timedelta(seconds=now[0])

    assert [shown.sku for shown in opened(search, clock=clock).all_listings()] == [f"S{n}" for n in range(1030)]


def test_F6_pages_that_go_in_a_circle_are_named_and_end() -> None:
    page = {"numberOfResults": 40, "items": [sample("listing_buyable")], "pagination": {"nextToken": "again"}}
    with pytest.raises(Unreadable) as caught:
        list(opened(Desk().on("GET", f"{SELLER}\\?", (200, page))).all_listings())
    assert caught.value.path == "pagination.nextToken"


# --- answers -----------------------------------------------------------------------------------------------------


def test_issues_are_told_in_our_fields_one_for_each() -> None:
    got = receipt(sample("put_invalid"), OfferId(1), 3)
    assert (got.outcome, got.version) == (Outcome.REFUSED, 3)
    assert [(problem.code, problem.field) for problem in got.problems] == [
        ("90220", "brand"),
        ("4000001", "attributes.voltage"),
        ("4000001", "attributes.power_plug_type"),
    ]


def test_F11_an_unknown_status_of_a_submission_is_unknown_with_amazons_word() -> None:
    got = receipt({**sample("put_accepted"), "status": "PARKED"}, OfferId(1))
    assert got.outcome is Outcome.UNKNOWN
    assert got.problems[0].value == "PARKED"


def test_F5_a_batch_without_rights_sends_nothing_more() -> None:
    desk = Desk().on("PATCH", ITEM, (403, {"errors": [{"code": "AccessDenied", "message": "not for you"}]}))
    with pytest.raises(AccessLost):
        opened(desk).set_availability([wanted(n) for n in range(1, 20)])
    assert len(desk.asked("PATCH")) < 19
