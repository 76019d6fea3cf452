"""Every page with data and without, in both languages; and what its forms do to the world."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from cryptography.fernet import Fernet
from django.db import connection, transaction
from django.test import Client

from entrepot.base import clock
from entrepot.channels.models import Account
from entrepot.insight.loops import reconcile_alerts
from entrepot.insight.models import Alert
from entrepot.inventory import actions as inventory
from entrepot.inventory.models import AvailabilityChange, Location, StockLevel, StockMove
from entrepot.inventory.types import Reason
from entrepot.listings.models import Offer, OfferReceipt, Recall
from entrepot.people.models import Audit, User
from tests.web import world as worlds
from tests.web.world import World

pytestmark = pytest.mark.django_db

LISTS = ("/", "/variants/", "/alerts/", "/products/", "/offers/", "/stock/", "/orders/", "/channels/")


def pages(world: World) -> list[str]:
    order, offer, account = world.order("A-1"), world.offer("eBay DE", "HY-LAMP"), world.accounts["eBay DE"]
    product = world.products["LANTERN"]
    return [
        *LISTS,
        "/?period=week&measure=orders",
        "/alerts/?tab=later",
        "/products/new/",
        "/products/import/",
        f"/products/{product}/",
        f"/products/{product}/edit/?language=fr",
        "/offers/?tab=refused",
        f"/offers/{offer.public_id}/",
        *(f"/orders/?tab={tab}" for tab in ("needs", "to_ship", "pending", "done", "canceled", "all")),
        f"/orders/{order.public_id}/",
        *(f"/stock/?tab={tab}&view={view}" for tab in ("all", "low", "short", "none") for view in ("atp", "on_hand", "shown")),
        "/stock/item/?sku=HY-LAMP",
        "/why/?of=atp:HY-LAMP",
        f"/why/?of=shown:{offer.public_id}",
        f"/why/?of=shown:{offer.public_id}&at=2026-11-20+14:02",
        f"/channels/{account.public_id}/",
        f"/channels/{account.public_id}/settings/",
        "/channels/connect/",
        "/channels/connect/?channel=ebay",
        "/password/",
    ]


@pytest.mark.parametrize(("language", "today"), [("en", "Today"), ("zh-hans", "今日")])
def test_every_page_answers_in_the_readers_language(language: str, today: str, world: World, signed_in: Callable[[str], Client]) -> None:
    User.objects.update(language=language)
    world.users["owner"].language = language
    client = signed_in("owner")
    for address in pages(world):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Content-Language"]) == (200, language), address
        assert today in answer.content.decode(), address


def test_every_list_has_a_first_day(db: None, settings: object) -> None:
    settings.AXES_ENABLED = False  # type: ignore[attr-defined]
    client = Client(SERVER_NAME="localhost")
    client.force_login(worlds.first_day().users["owner"], backend="django.contrib.auth.backends.ModelBackend")
    for address, says in zip(
        LISTS,
        (
            "Connect your first channel",
            "No variant yet",
            "Nothing needs you",
            "Enter your first product",
            "No offer yet",
            "No stock yet",
            "Every order runs by itself",
            "No channel is connected yet",
        ),
        strict=True,
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert says in answer.content.decode(), address


@pytest.mark.parametrize("address", ["/products/?q=zzz", "/offers/?q=zzz", "/stock/?q=zzz", "/orders/?tab=all&q=zzz"])
def test_a_filter_that_finds_nothing_offers_to_drop_it(address: str, signed_in: Callable[[str], Client]) -> None:
    page = signed_in("ops").get(address).content.decode()
    assert "This filter finds nothing" in page
    assert "zzz" in page


@pytest.mark.parametrize("typed", ["hy-la", "4006381", "camping", "充电"])
def test_search_finds_by_sku_barcode_and_title(typed: str, signed_in: Callable[[str], Client]) -> None:
    page = signed_in("ops").get("/products/", {"q": typed}).content.decode()
    assert "LANTERN" in page
    assert "TENT" not in page


def test_the_numbers_of_today_are_those_of_the_orders(signed_in: Callable[[str], Client]) -> None:
    """E-1 and A-1 are 7 lanterns for 279.30 EUR; A-2 is one unknown thing for 219; E-2 is canceled; U-1 has another currency."""
    answer = signed_in("reader").get("/")
    totals = answer.context["summary"].totals["day"]
    assert (totals.orders, totals.units, totals.canceled_orders) == (4, 9, 1)
    assert totals.revenue_minor >= 27930 + 21900
    assert "tab=canceled" in answer.content.decode()


def test_a_wait_of_nothing_is_asked_again_as_a_fragment(signed_in: Callable[[str], Client]) -> None:
    fragment = signed_in("ops").get("/?live=1").content.decode()
    assert "<html" not in fragment
    assert "Needs a person" in fragment


def test_what_adds_up_a_week_of_orders_is_asked_once_a_minute_and_not_with_what_needs_a_person(
    signed_in: Callable[[str], Client],
) -> None:
    client = signed_in("ops")
    often, seldom = client.get("/?live=1"), client.get("/?sums=1&measure=orders")
    assert 'id="lanes"' in often.content.decode()
    assert "Order value" not in often.content.decode()
    assert not {"summary", "curves", "low"} & often.context.keys()
    sums = seldom.content.decode()
    assert [name for name in ("numbers", "sales", "low", "lanes") if f'id="{name}"' in sums] == ["numbers", "sales", "low"]
    assert "sums=1" not in sums  # its links lead to the page
    page = client.get("/").content.decode()
    assert 'sums=1" hx-trigger="every 60s"' in page


# --- forms ----------------------------------------------------------------------------------------------------------


def test_st9_stock_is_changed_once_with_its_reason(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("ops")
    form = {
        "sku": "HY-TENT",
        "location": _location_id(),
        "delta": "−3",
        "reason": "damaged",
        "note": "wet",
        "key": "0195f7c8-0000-7000-8000-000000000001",
    }
    for _ in range(2):  # a second click sends the same form
        client.post("/stock/adjust/", form)
    move = StockMove.objects.get(variant_id=world.variants["HY-TENT"], reason="damaged")
    assert (move.on_hand_delta, move.note, move.actor) == (-3, "wet", "user:ops")
    assert StockLevel.objects.get(variant_id=world.variants["HY-TENT"]).on_hand == 17
    assert Audit.objects.filter(action="stock.adjusted").count() == 1


@pytest.mark.parametrize("delta", ["", "0", "many", "1.5", "999999999999"])
def test_a_number_that_is_none_changes_nothing(delta: str, world: World, signed_in: Callable[[str], Client]) -> None:
    form = {"sku": "HY-TENT", "location": _location_id(), "delta": delta, "reason": "found"}
    answer = signed_in("ops").post("/stock/adjust/", form, follow=True)
    assert "Type by how many units it changes" in answer.content.decode()
    assert StockLevel.objects.get(variant_id=world.variants["HY-TENT"]).on_hand == 20


def test_safety_stock_is_kept_back(world: World, signed_in: Callable[[str], Client]) -> None:
    signed_in("ops").post("/stock/safety/", {"sku": "HY-TENT", "location": _location_id(), "units": "5"})
    assert StockLevel.objects.get(variant_id=world.variants["HY-TENT"]).safety_stock == 5


def test_steps_of_an_explanation_sum_to_the_number_on_the_page(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("reader")
    for address in ("/why/?of=atp:HY-TENT", f"/why/?of=shown:{world.offer('eBay DE', 'HY-TENT').public_id}"):
        context = client.get(address).context
        assert sum(step["amount"] for step in context["steps"]) == context["explained"].answer
    assert "e-drawer" in client.get("/why/?of=atp:HY-TENT", headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(("language", "sentence"), [("en", "eBay DE showed 7 at {here}."), ("zh-hans", "eBay DE 已确认 7")])
def test_an_offer_is_looked_back_at_in_the_readers_time(
    language: str, sentence: str, world: World, signed_in: Callable[[str], Client]
) -> None:
    User.objects.filter(username="reader").update(language=language, time_zone="Europe/Berlin")
    offer, at = world.offer("eBay DE", "HY-TENT"), clock.now().replace(microsecond=0)
    here = f"{at.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d %H:%M:%S}"
    OfferReceipt.objects.create(pk=(offer.variant_id, offer.pk, at, 1), epoch=1, quantity=7, version=4, outcome="live", note="")
    client, address = signed_in("reader"), f"/why/?of=shown:{offer.public_id}"
    page = client.get(f"{address}&at={here}")
    assert page.context["then"].shown == sum(step["amount"] for step in page.context["steps"]) == 7
    assert sentence.format(here=here) in page.content.decode()
    for form in (address, "/stock/item/?sku=HY-TENT"):
        assert 'name="at"' in client.get(form).content.decode()
    wrong = client.get(f"{address}&at=noon")
    assert "then" not in wrong.context
    assert 'aria-invalid="true"' in wrong.content.decode()
    assert client.get(f"{address}&at={at:%Y-%m-%dT%H:%M:%S}+00:00").context["then"].shown == 7


@pytest.mark.parametrize("typed", ["juergen@example.org", "JUERGEN@example.org ", "jürgen  müller-weiß"])
def test_x5_a_buyer_is_found_by_the_whole_name_or_address_only_by_who_may_see_buyers(
    typed: str, signed_in: Callable[[str], Client]
) -> None:
    for name, many in (("ops", 5), ("reader", 0)):
        page = signed_in(name).get("/orders/", {"tab": "all", "q": typed})
        assert len(page.context["rows"]) == many
    assert not signed_in("ops").get("/orders/", {"tab": "all", "q": typed.strip()[:-2]}).context["rows"]
    assert "The search for a buyer is exact" in signed_in("ops").get("/orders/?tab=all").content.decode()


def test_a_search_that_finds_nothing_here_offers_to_search_everywhere(signed_in: Callable[[str], Client]) -> None:
    page = signed_in("ops").get("/orders/", {"tab": "pending", "q": "E-1"}).content.decode()
    assert "?tab=all&amp;q=E-1" in page


def test_a_paused_location_promises_nothing_until_it_is_opened(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("ops")
    before = AvailabilityChange.objects.filter(variant_id=world.variants["HY-TENT"]).count()
    for on, sold, step in (("1", 0, 1), ("1", 0, 1), ("0", 19, 2)):  # a second click is no second change
        client.post("/stock/pause/", {"location": _location_id(), "on": on})
        assert client.get("/stock/item/?sku=HY-TENT").context["row"].atp == sold
        assert client.get("/why/?of=atp:HY-TENT").context["explained"].answer == sold
        assert client.get(f"/products/{world.products['TENT']}/").context["row"].atp == sold
        assert AvailabilityChange.objects.filter(variant_id=world.variants["HY-TENT"]).count() == before + step
    assert list(Audit.objects.filter(action__startswith="location.p").values_list("actor", flat=True)) == ["user:ops"]
    assert signed_in("reader").post("/stock/pause/", {"location": _location_id(), "on": "1"}).status_code == 403


def test_a_location_is_paused_from_the_list_of_locations(world: World, signed_in: Callable[[str], Client]) -> None:
    marked = {"action": "pause", "_selected_action": [str(world.location)]}
    assert "1 location is paused" in signed_in("owner").post("/admin/inventory/location/", marked, follow=True).content.decode()
    assert Location.objects.get(pk=world.location).paused


def test_the_stock_is_allotted_with_a_reason_and_parts(world: World, signed_in: Callable[[str], Client]) -> None:
    client, offer = signed_in("ops"), world.offer("eBay DE", "HY-TENT")
    client.post(f"/offers/{offer.public_id}/terms/", {"share_percent": "", "cap": "7", "holdback": ""})
    client.post("/stock/policy/", {"sku": "HY-TENT", "policy": "allotted", "reason": "campaign on Friday"})
    client.post("/stock/weights/", {"sku": "HY-TENT", f"weight-{offer.public_id}": "3"})
    offer.refresh_from_db()
    assert (offer.allotment_weight, offer.cap) == (3, 7)
    assert "campaign on Friday" in client.get("/stock/item/?sku=HY-TENT").content.decode()


def test_reserved_units_lead_to_their_orders(world: World, signed_in: Callable[[str], Client]) -> None:
    page = signed_in("reader").get("/stock/item/?sku=HY-LAMP")
    assert {one.number for one in page.context["reserved_for"] if one.quantity} == {"E-1", "A-1"}
    assert f"/orders/{world.order('E-1').public_id}/" in page.content.decode()


def test_a_need_without_money_says_how_much_and_how_long(world: World, signed_in: Callable[[str], Client]) -> None:
    needs = {need.alert.kind: need for need in signed_in("reader").get("/alerts/").context["rows"]}
    assert (needs["offers_refused"].count, needs["offers_refused"].unit) == (2, "offers")
    assert world.location is not None
    with transaction.atomic():
        inventory.receive_many([(world.variants["HY-LAMP"], world.location, 2)], reason=Reason.RECEIVED, source="more", actor="test")
    reconcile_alerts(clock.now())
    low = next(need for need in signed_in("reader").get("/alerts/").context["rows"] if need.alert.kind == "low_stock")
    assert (low.count, low.unit, low.lasts) == (
        2,
        "units left",
        "At the pace of the last 28 days it lasts 8 days.",
    )  # 7 were sold in the last 28 days


def test_a_buyer_is_hidden_until_opened_and_each_look_is_kept(world: World, signed_in: Callable[[str], Client]) -> None:
    client, order = signed_in("ops"), world.order("E-1")
    hidden = client.get(f"/orders/{order.public_id}/").content.decode()
    assert "Müller" not in hidden
    assert "Sandtorkai" not in hidden
    opened = client.post(f"/orders/{order.public_id}/buyer/").content.decode()
    assert "Jürgen Müller-Weiß" in opened
    assert "Am Sandtorkai 30" in opened
    assert [row.actor for row in Audit.objects.filter(action="buyer.opened", subject=f"order:{order.public_id}")] == ["user:ops"]
    assert signed_in("reader").post(f"/orders/{order.public_id}/buyer/").status_code == 403


def test_an_order_is_shipped_and_its_units_leave_the_shelf(world: World, signed_in: Callable[[str], Client]) -> None:
    client, order = signed_in("ops"), world.order("E-1")
    work = client.get(f"/orders/{order.public_id}/").context["open_work"][0]
    form = {"work": str(work.public_id), "carrier": "DHL", "tracking": "JD 0001", "key": "one"}
    for _ in range(2):
        client.post(f"/orders/{order.public_id}/ship/", form)
    page = client.get(f"/orders/{order.public_id}/").content.decode()
    assert "JD0001" in page
    assert StockLevel.objects.get(variant_id=world.variants["HY-LAMP"]).on_hand == 2
    assert order.packages.count() == 1


def test_units_of_an_order_are_canceled(world: World, signed_in: Callable[[str], Client]) -> None:
    order = world.order("E-1")
    line = order.lines.get()
    signed_in("ops").post(f"/orders/{order.public_id}/cancel/", {"line": str(line.pk), "units": "1", "reason": "buyer_asked"})
    line.refresh_from_db()
    assert line.canceled == 1


def test_an_unknown_sku_is_assigned_from_the_order(world: World, signed_in: Callable[[str], Client]) -> None:
    order = world.order("A-2")
    signed_in("ops").post(f"/orders/{order.public_id}/assign/", {"line": str(order.lines.get().pk), "sku": "hy-tent"})
    assert order.lines.get().variant_id == world.variants["HY-TENT"]


def test_hold_and_note(world: World, signed_in: Callable[[str], Client]) -> None:
    client, order = signed_in("ops"), world.order("E-1")
    client.post(f"/orders/{order.public_id}/hold/", {"on": "1"})
    client.post(f"/orders/{order.public_id}/note/", {"text": "<b>ring twice</b>"})
    page = client.get(f"/orders/{order.public_id}/").content.decode()
    assert "On hold" in page
    assert "&lt;b&gt;ring twice&lt;/b&gt;" in page


def test_price_terms_and_retry_of_an_offer(world: World, signed_in: Callable[[str], Client]) -> None:
    client, offer = signed_in("ops"), world.offer("Amazon DE", "HY-LAMP")
    client.post(f"/offers/{offer.public_id}/price/", {"price": "41,50"})
    client.post(f"/offers/{offer.public_id}/terms/", {"share_percent": "50", "cap": "", "holdback": "1"})
    client.post("/offers/change/", {"act": "retry", "offer": [str(offer.public_id)]})
    offer.refresh_from_db()
    assert (offer.price_minor, offer.share_percent, offer.cap, offer.holdback, offer.content_refused) == (4150, 50, None, 1, "")


def test_refused_offers_are_grouped_by_cause(signed_in: Callable[[str], Client]) -> None:
    causes = signed_in("reader").get("/offers/?tab=refused").context["causes"]
    assert [(cause.code, cause.field, cause.offers) for cause in causes] == [("90220", "title", 2)]


def test_publish_makes_offers_on_the_marked_channels_only(world: World, signed_in: Callable[[str], Client]) -> None:
    Offer.objects.all()
    client = signed_in("ops")
    client.post("/products/new/", {"language": "en", "t.en.title": "Mug", "n.0.sku": "HY-MUG", "n.0.price_minor": "32.90"})
    product = client.get("/products/", {"q": "HY-MUG"}).context["found"].rows[0]
    client.post(f"/products/{product.public_id}/publish/", {"account": [str(world.accounts["eBay DE"].public_id)]})
    offers = Offer.objects.filter(variant__sku="HY-MUG")
    assert [(offer.account.name, offer.wanted) for offer in offers] == [("eBay DE", "live")]


def test_p8_delist_everywhere_counts_confirmations(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("ops")
    answer = client.post(f"/products/{world.products['LANTERN']}/recall/", {"reason": "unsafe"}, follow=True)
    recall = Recall.objects.get()
    assert answer.redirect_chain[-1][0] == f"/recalls/{recall.public_id}/"
    assert answer.context["recall"].unconfirmed == len(answer.context["recall"].offers) > 0
    recall.offers.update(gone_at=clock.now())
    assert "Every channel confirmed" in client.get(f"/recalls/{recall.public_id}/").content.decode()


def test_pause_and_go_on(world: World, signed_in: Callable[[str], Client]) -> None:
    client, account = signed_in("owner"), world.accounts["eBay DE"]
    for pause, state in (("1", "paused"), ("0", "active")):
        client.post(f"/channels/{account.public_id}/state/", {"pause": pause})
        account.refresh_from_db()
        assert account.state == state


def test_x4_secrets_are_written_and_never_shown(world: World, signed_in: Callable[[str], Client]) -> None:
    client, account = signed_in("owner"), world.accounts["eBay DE"]
    page = client.get(f"/channels/{account.public_id}/settings/").content.decode()
    assert "s3cret-value" not in page
    secret = next(field.name for field, _ in client.get(f"/channels/{account.public_id}/settings/").context["fields"] if field.secret)
    client.post(f"/channels/{account.public_id}/settings/", {secret: "new-one", "share_percent": "100", "cap": "10", "holdback": "0"})
    kept = Account.objects.get(pk=account.pk).credentials
    assert kept[secret] == "new-one"
    assert kept["client_secret"] in ("s3cret-value", "new-one")


def test_secrets_whose_key_is_gone_can_be_typed_anew(world: World, signed_in: Callable[[str], Client]) -> None:
    client, account = signed_in("owner"), world.accounts["eBay DE"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE account SET credentials = %s WHERE id = %s", [Fernet(Fernet.generate_key()).encrypt(b"{}"), account.pk])
    address = f"/channels/{account.public_id}/settings/"
    page = client.get(address)
    assert (page.status_code, page.context["known_secrets"]) == (200, set())
    client.post(address, {"client_secret": "new-one", "share_percent": "100", "cap": "10", "holdback": "0"})
    assert client.get(address).context["known_secrets"] == {"client_secret"}


def test_an_accounts_share_and_people_are_set(world: World, signed_in: Callable[[str], Client]) -> None:
    client, account, ops = signed_in("owner"), world.accounts["eBay DE"], world.users["ops"]
    User.objects.filter(pk=ops.pk).update(all_accounts=False)
    address, feed = f"/channels/{account.public_id}/settings/", _location_id()
    client.post(address, {"share_percent": "50", "cap": "", "holdback": "2", "feed": [feed], "person": [str(ops.pk), "999999"]})
    account.refresh_from_db()
    assert (account.share_percent, account.cap, account.holdback) == (50, None, 2)
    assert list(account.users.all()) == [ops]
    answer = client.post(address, {"share_percent": "101", "cap": "", "holdback": "2", "feed": [feed]}, follow=True)
    assert "A share goes from 0 to 100 percent, not to 101" in answer.content.decode()
    account.refresh_from_db()
    assert (account.share_percent, list(account.users.all())) == (50, [ops])


def test_an_alert_is_put_off_until_tomorrow(signed_in: Callable[[str], Client]) -> None:
    alert = Alert.objects.filter(kind="shortage").get()
    signed_in("ops").post(f"/alerts/{alert.pk}/put-off/")
    alert.refresh_from_db()
    assert alert.put_off_until is not None
    assert clock.now() < alert.put_off_until < clock.now() + timedelta(hours=34)


def test_an_alert_of_another_version_does_not_hide_the_page(world: World, signed_in: Callable[[str], Client]) -> None:
    now = clock.now()
    for kind, values in (("order_late", {}), ("from_the_future", {"x": 1})):
        Alert.objects.create(key=kind, kind=kind, severity="warn", subject=f"order:{kind}", values=values, opened_at=now, changed_at=now)
    page = signed_in("owner").get("/alerts/").content.decode()
    assert "order:order_late" in page
    assert "order:from_the_future" in page


def test_the_language_is_kept_with_the_person(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("reader")
    client.post("/language/", {"language": "zh-hans", "next": "/stock/"})
    assert User.objects.get(username="reader").language == "zh-hans"
    assert client.post("/language/", {"language": "en", "next": "https://evil.example/"}).headers["Location"] == "/"
    client.post("/language/", {"language": "xx"})
    assert User.objects.get(username="reader").language == "en"


def test_a_refused_action_answers_in_the_readers_language(world: World, signed_in: Callable[[str], Client]) -> None:
    client, order = signed_in("ops"), world.order("E-1")
    client.post("/language/", {"language": "zh-hans"})
    answer = client.post(f"/orders/{order.public_id}/note/", {"text": " "}, follow=True)
    assert "备注为空。" in answer.content.decode()
    owner = signed_in("owner")
    owner.post("/language/", {"language": "zh-hans"})
    assert "没有则每三分钟轮询一次订单" in owner.get("/channels/connect/?channel=amazon").content.decode()


def test_no_page_may_load_or_run_anything_foreign(signed_in: Callable[[str], Client]) -> None:
    answer = signed_in("reader").get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    page = answer.content.decode()
    assert "<script>" not in page
    assert "onclick=" not in page
    assert "//" not in "".join(part.split('"')[0] for part in page.split('src="')[1:])


def _location_id() -> str:
    from entrepot.inventory.models import Location

    return str(Location.objects.get().public_id)
