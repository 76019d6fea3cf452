"""A program runs a shop: makes a product, offers it, moves stock, ships and cancels orders, reads the summary."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from entrepot.base import clock
from entrepot.listings.models import OfferReceipt
from entrepot.people.models import Audit
from entrepot.people.types import Right
from tests.api.conftest import Program
from tests.api.operations import place_id
from tests.web.world import World

pytestmark = pytest.mark.django_db
BUYER = ("Müller", "juergen@example.org", "Sandtorkai")


def test_a_product_is_made_changed_archived_and_restored(world: World, ops: Program) -> None:
    body = {
        "code": "KETTLE",
        "brand": "Hanyu",
        "option_names": ["Color"],
        "texts": {"en": {"title": "Kettle"}, "zh": {"title": "水壶", "bullets": ["1.7 L"]}},
        "variants": [
            {"sku": "KET/RED", "options": {"Color": "red"}, "price": {"minor": 2990, "currency": "EUR"}, "weight_g": 900},
            {"sku": "KET/BLUE", "options": {"Color": "blue"}},
        ],
    }
    made = ops.post("/products", body)
    assert made.status_code == 201
    product = made.json()
    assert (product["code"], product["version"], product["texts"]["zh"]["bullets"]) == ("KETTLE", 1, ["1.7 L"])
    assert UUID(product["id"])
    assert [(v["sku"], v["options"], v["price"]) for v in product["variants"]] == [
        ("KET/RED", {"Color": "red"}, {"minor": 2990, "currency": "EUR"}),
        ("KET/BLUE", {"Color": "blue"}, None),
    ]
    address = f"/products/{product['id']}"
    changed = ops.send("PATCH", address, {"version": 1, "brand": "Other", "texts": {"zh": None}, "new_variants": [
        {"sku": "KET/GREEN", "options": {"Color": "green"}}]}).json()  # fmt: skip
    assert (changed["brand"], changed["version"], sorted(changed["texts"]), len(changed["variants"])) == ("Other", 2, ["en"], 3)
    assert ops.post(f"{address}/archive").json()["archived_at"]
    assert ops.get("/products", q="KETTLE").json()["rows"] == []
    assert [row["code"] for row in ops.get("/products", state="archived").json()["rows"]] == ["KETTLE"]
    assert ops.post(f"{address}/restore").json()["archived_at"] is None
    assert ops.get(address).json()["code"] == "KETTLE"
    actor = Audit.objects.get(action="product.created", subject=f"product:{product['id']}")
    assert (actor.actor, actor.source) == ("token:ops/test", "api 203.0.113.5")


def test_a_sku_with_a_slash_is_read_changed_and_made_a_kit(world: World, ops: Program) -> None:
    ops.post("/products", {"code": "SET", "variants": [{"sku": "SET/1"}]})
    changed = ops.send("PATCH", "/variant?sku=set%2F1", {"version": 1, "price": {"minor": 100, "currency": "EUR"}, "gtin": "4006381333931"})
    assert (changed.status_code, changed.json()["sku"], changed.json()["price"]) == (200, "SET/1", {"minor": 100, "currency": "EUR"})
    assert ops.send("PATCH", "/variant?sku=SET/1", {"version": 2, "price": None}).json()["price"] is None
    kit = ops.send("PUT", "/variant/components?sku=SET/1", {"components": [{"sku": "hy-tent", "quantity": 2}]}).json()
    assert (kit["is_kit"], kit["components"]) == (True, [{"sku": "HY-TENT", "quantity": 2}])
    row = ops.get("/stock/item", sku="SET/1").json()
    assert (row["is_kit"], row["available_to_promise"], row["parts"]) == (True, 9, [{"sku": "HY-TENT", "quantity": 2}])
    refused = ops.post("/stock/adjustments", {"sku": "SET/1", "location": str(place_id(world)), "delta": 1, "reason": "found"})
    assert (refused.status_code, "kit" in refused.json()["detail"]) == (422, True)
    wrong = ops.send("PATCH", "/variant?sku=SET/1", {"version": 4, "price": {"minor": 100, "currency": "USD"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "wrong_money")


def test_offers_are_made_priced_limited_published_and_ended(world: World, ops: Program) -> None:
    account = str(world.accounts["Amazon US"].public_id)
    ops.post(
        "/products",
        {
            "code": "MUG",
            "variants": [
                {"sku": "MUG-1"},
            ],
        },
    )
    made = ops.post("/offers", {"account": account, "skus": ["mug-1"], "price": {"minor": 999, "currency": "USD"}}).json()["rows"]
    assert [(row["sku"], row["state"], row["price"]) for row in made] == [("MUG-1", "draft", {"minor": 999, "currency": "USD"})]
    offer = made[0]["id"]
    assert ops.post("/offers/publish", {"offers": [offer]}).json() == {"changed": 1}
    assert ops.post("/offers/publish", {"offers": [offer]}).json() == {"changed": 0}
    priced = ops.send("PUT", f"/offers/{offer}/price", {"price": {"minor": 1099, "currency": "USD"}}).json()
    assert (priced["price"]["minor"], priced["state"]) == (1099, "sending")
    assert ops.send("PUT", f"/offers/{offer}/price", {"price": {"minor": 0, "currency": "USD"}}).status_code == 422
    assert ops.send("PUT", f"/offers/{offer}/price", {"price": {"minor": 1, "currency": "EUR"}}).json()["code"] == "wrong_money"
    terms = ops.send("PUT", f"/offers/{offer}/terms", {"cap": 3, "holdback": 1}).json()
    assert (terms["cap"], terms["holdback"], terms["share_percent"]) == (3, 1, None)
    assert ops.post("/offers/end", {"offers": [offer]}).json() == {"changed": 1}
    assert ops.get(f"/offers/{offer}").json()["wanted"] == "ended"
    refused = ops.get("/offers", state="refused").json()["rows"]
    assert {row["problems"][0]["code"] for row in refused} == {"90220"}


def test_a_recall_takes_everything_off_and_relists_it(world: World, ops: Program) -> None:
    made = ops.post("/recalls", {"skus": ["HY-LAMP"], "reason": "safety"})
    assert made.status_code == 201
    assert (made.json()["unconfirmed"], made.json()["needs_approval"], made.json()["asked_by"]) == (3, False, "ops")
    assert world.offer("eBay DE", "HY-LAMP").recalled
    shown = ops.get(f"/recalls/{made.json()['id']}").json()
    assert {row["sku"] for row in shown["offers"]} == {"HY-LAMP"}
    why = ops.get("/stock/explain", sku="HY-LAMP", account=str(world.accounts["eBay DE"].public_id)).json()
    assert why["answer"] == 0
    assert ops.post(f"/recalls/{made.json()['id']}/relist").json() == {"changed": 3}
    assert ops.post(f"/recalls/{made.json()['id']}/relist").status_code == 409


def test_stock_is_adjusted_counted_held_and_explained(world: World, ops: Program) -> None:
    place = str(place_id(world))
    level = ops.post("/stock/adjustments", {"sku": "HY-TENT", "location": place, "delta": -3, "reason": "damaged", "note": "wet"}).json()
    assert (level["location"], level["on_hand"], level["available_to_promise"]) == (place, 17, 16)
    too_many = ops.post("/stock/adjustments", {"sku": "HY-TENT", "location": place, "delta": -18, "reason": "lost"})
    assert (too_many.status_code, too_many.json()["code"]) == (422, "refused")
    assert ops.send("PUT", "/stock/safety", {"sku": "HY-TENT", "location": place, "units": 2}).json()["available_to_promise"] == 14
    report = {"location": place, "report_id": "c1", "kind": "absolute", "counted_at": clock.now().isoformat(), "lines": [{"sku": "HY-TENT", "units": 30}]}  # fmt: skip
    assert ops.post("/stock/reports", report).json() == {"applied": True}
    assert ops.post("/stock/reports", report).json() == {"applied": False}
    late = {**report, "report_id": "c2", "counted_at": (clock.now() + timedelta(days=1)).isoformat()}
    assert ops.post("/stock/reports", late).status_code == 422
    held = ops.post("/stock/holds", {"lines": [{"sku": "HY-TENT", "quantity": 5}], "expires_in_s": 60})
    assert held.status_code == 201
    why = ops.get("/stock/explain", sku="HY-TENT").json()
    assert (why["answer"], sum(step["amount"] for step in why["steps"])) == (22, 22)
    more = ops.post("/stock/holds", {"lines": [{"sku": "HY-TENT", "quantity": 23}]})
    assert (more.status_code, more.json()["code"]) == (409, "not_enough_stock")
    reasons = [row["reason"] for row in ops.get("/stock/ledger", sku="HY-TENT").json()["rows"]]
    assert reasons[:3] == ["held", "count", "damaged"]
    assert [row["note"] for row in ops.get("/stock/ledger", sku="HY-TENT", reason="damaged").json()["rows"]] == ["wet"]
    assert {"stock.adjusted", "safety_stock.set", "stock.reported"} <= set(Audit.objects.values_list("action", flat=True))


def test_an_order_is_shipped_in_parts_held_and_canceled(world: World, ops: Program) -> None:
    order = f"/orders/{world.order('E-1').public_id}"
    shown = ops.get(order).json()
    assert (shown["units"], shown["lines"][0]["line"], shown["work"][0]["lines"]) == (
        2,
        "E-1-1",
        [{"sku": "HY-LAMP", "quantity": 2, "shipped": 0}],
    )
    parcel = {"work": shown["work"][0]["id"], "carrier": "DHL", "tracking": "JD 0146-0000", "lines": [{"line": "E-1-1", "quantity": 1}]}
    shipped = ops.post(f"{order}/shipments", parcel)
    assert shipped.status_code == 201
    (package,) = shipped.json()["work"][0]["packages"]
    assert (package["reference"], package["tracking"]) == (1, "JD01460000")
    assert ops.post(f"{order}/shipments", parcel).json()["lines"][0]["fulfilled"] == 1  # the same parcel again
    assert ops.post(f"{order}/shipments", {**parcel, "tracking": "2", "lines": [{"line": "nobody", "quantity": 1}]}).status_code == 404
    assert ops.post(f"{order}/shipments", {**parcel, "tracking": "2", "lines": [{"line": "E-1-1", "quantity": 2}]}).status_code == 422
    other = ops.get(f"/orders/{world.order('A-1').public_id}").json()["work"][0]["id"]
    assert ops.post(f"{order}/shipments", {**parcel, "work": other}).status_code == 404
    assert ops.send("PUT", f"{order}/hold", {"on": True}).json()["on_hold"] is True
    assert ops.send("PUT", f"{order}/hold", {"on": False}).json()["on_hold"] is False
    canceled = ops.post(f"{order}/cancel", {"reason": "buyer", "line": "E-1-1", "units": 1}).json()
    assert (canceled["lines"][0]["canceled"], canceled["closed"]) == (1, True)
    again = ops.post(f"{order}/cancel", {"reason": "buyer"})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert ops.post(f"{order}/notes", {"text": "told the buyer"}).status_code == 201


def test_the_buyer_is_nowhere_but_behind_its_scope_and_every_look_is_written_down(world: World, program: Callable[..., Program]) -> None:
    order = f"/orders/{world.order('E-1').public_id}"
    masked = program("ops", {Right.SEE, Right.SHIP, Right.EXPORT})
    for answer in (masked.get(order), masked.get("/orders"), masked.get("/summary")):
        assert not [word for word in BUYER if word in answer.content.decode()]
    assert masked.get(f"{order}/buyer").status_code == 403
    assert not Audit.objects.filter(action="buyer.opened").exists()
    opened = program("ops", {Right.SEE_BUYER}).get(f"{order}/buyer")
    assert opened.json()["buyer"]["email"] == "juergen@example.org"
    assert opened.headers["Cache-Control"] == "no-store"
    assert Audit.objects.get(action="buyer.opened").actor == "token:ops/test"


def test_pages_hold_every_row_once(world: World, ops: Program) -> None:
    for path, key in (("/offers", "id"), ("/orders", "id"), ("/stock", "sku"), ("/products", "id")):
        whole = [row[key] for row in ops.get(path).json()["rows"]]
        seen, cursor = [], ""
        while True:
            page = ops.get(path, limit=1, cursor=cursor).json()
            seen += [row[key] for row in page["rows"]]
            if not page["next"]:
                break
            cursor = page["next"]
        assert (seen, len(set(seen))) == (whole, len(whole)), path
    found = ops.get("/summary", limit=1).json()
    assert [row["sku"] for row in found["variants"]] == ["HY-LAMP"]
    assert [row["sku"] for row in ops.get("/summary", limit=1, after=found["next"]).json()["variants"]] == ["HY-TENT"]


def test_accounts_show_their_health_and_are_paused(world: World, ops: Program, program: Callable[..., Program]) -> None:
    account = f"/accounts/{world.accounts['eBay DE'].public_id}"
    assert {row["name"] for row in ops.get("/accounts").json()["rows"]} == {"eBay DE", "Amazon DE", "Amazon US"}
    assert ops.send("PUT", f"{account}/state", {"paused": True}).status_code == 403
    owner = program("owner")
    assert owner.send("PUT", f"{account}/state", {"paused": True, "reason": "stocktaking"}).json()["health"] == "paused"
    assert owner.send("PUT", f"{account}/state", {"paused": False}).json()["state"] == "active"
    assert ops.post(f"{account}/sweep").status_code == 200
    (call,) = ops.get(f"{account}/calls").json()["rows"]
    assert (call["operation"], call["status"]) == ("patchListingsItem", 200)
    assert b"s3cret-value" not in ops.get(account).content + ops.get(f"{account}/calls").content


def test_the_summary_is_what_adding_up_by_hand_gives(world: World, ops: Program) -> None:
    found = ops.get("/summary").json()
    by_account = {row["account"]["name"]: row["sales"]["day"] for row in found["rows"]}
    assert by_account["eBay DE"] == {"orders": 1, "units": 2, "revenue_minor": 7980, "canceled_orders": 1, "unpriced": 0}
    assert by_account["Amazon DE"] == {"orders": 2, "units": 6, "revenue_minor": 5 * 3990 + 21900, "canceled_orders": 0, "unpriced": 0}
    total = found["totals"]["day"]
    assert (total["orders"], total["units"], total["canceled_orders"]) == (4, 9, 1)
    assert total["revenue_minor"] == sum(row["revenue_minor"] for row in by_account.values())
    lamp = found["variants"][0]
    assert (lamp["on_hand"], lamp["reserved"], lamp["available_to_promise"]) == (4, 4, 0)
    assert [(shown["account"]["name"], shown["quantity"]) for shown in lamp["shown"]] == [
        ("eBay DE", 4),
        ("Amazon DE", 4),
        ("Amazon US", 4),
    ]
    assert all(row["age_s"] is not None for row in (found, *found["rows"], *found["variants"], *lamp["shown"]))


def test_the_summary_as_a_file(world: World, ops: Program, program: Callable[..., Program]) -> None:
    answer = ops.get("/summary.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "account,channel,market,period,orders,units,revenue,currency,canceled_orders,unpriced_orders,known_until,age_s"
    assert len(lines) == 1 + 3 * 3 + 3
    (day,) = [line for line in lines if line.startswith("eBay DE,ebay,DE,day,")]
    assert day.split(",")[4:10] == ["1", "2", "79.80", "EUR", "1", "0"]
    variants = b"".join(ops.get("/summary.csv", part="variants").streaming_content).decode("utf-8-sig").splitlines()
    assert len(variants) == 1 + 2 * 3
    assert program("ops", {Right.SEE}).get("/summary.csv").status_code == 403


def test_a_file_is_imported_and_its_errors_are_listed(world: World, ops: Program) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    content = b"code,sku,title_en,gtin\nBELL,HY-BELL,Bell,\nBAD,HY-BAD,Bad,123\n"
    form = {"file": SimpleUploadedFile("products.csv", content), "mapping": "entrepot"}
    done = ops._client.post("/api/v1/imports/products", form, headers={"Authorization": f"Bearer {ops.token}"})
    assert done.status_code == 200, done.content
    run = done.json()
    assert (run["state"], run["lines"], run["imported"], sum(run["rejected"].values())) == ("done", 2, 1, 1)
    assert [error["line"] for error in run["errors"]] == [3]
    assert ops.get(f"/imports/{run['id']}").json() == run
    assert [row["id"] for row in ops.get("/imports").json()["rows"]] == [run["id"]]
    assert "entrepot" in {row["name"] for row in ops.get("/imports/mappings").json()["rows"]}
    assert ops.get("/variant", sku="HY-BELL").status_code == 200


def test_what_a_channel_showed_is_told_for_a_time_that_has_passed(world: World, ops: Program) -> None:
    offer, at = world.offer("eBay DE", "HY-TENT"), clock.now()
    OfferReceipt.objects.create(pk=(offer.variant_id, offer.pk, at, 1), epoch=1, quantity=7, version=4, outcome="live", note="")
    account = str(world.accounts["eBay DE"].public_id)
    asked = clock.now().isoformat()
    told = ops.get("/stock/explain", sku="HY-TENT", account=account, at=asked).json()
    assert (told["answer"], sum(step["amount"] for step in told["steps"]), told["then"]["confirmed"]["quantity"]) == (7, 7, 7)
    early = ops.get("/stock/explain", sku="HY-TENT", account=account, at=(at - timedelta(minutes=1)).isoformat()).json()
    assert (early["answer"], early["steps"], early["then"]["levels"]) == (None, [], [])
    assert early["then"]["receipts_since"] is not None
    assert ops.get("/stock/explain", sku="HY-TENT", account=account).json()["then"] is None
    for wrong, code in (("soon", "not_a_time"), ("2099-01-01T00:00:00Z", "in_the_future")):
        refused = ops.get("/stock/explain", sku="HY-TENT", account=account, at=wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert ops.get("/stock/explain", sku="HY-TENT", at=asked).status_code == 422
