"""Our offers become Amazon's attributes, and a revision only what differs."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.base.ids import OfferId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import Group, OfferContent, Refused
from entrepot.connectors.amazon import attributes, codes
from entrepot.connectors.amazon.attributes import Store
from entrepot.connectors.amazon.product_types import theme, themes
from tests.connectors.amazon.desk import STORE

DE = Store(STORE, "LAMP")
LAMP = Group("LAMP", "Tischlampe", "Eine Lampe", ("Farbe", "Größe"), (Sku("LAMP/RED"), Sku("LAMP/BLUE")))


def offer(**changed: Any) -> OfferContent:
    given: dict[str, Any] = {
        "offer": OfferId(1),
        "sku": Sku("LAMP/RED"),
        "title": "Tischlampe rot",
        "description": "Eine rote Lampe",
        "brand": "Muster",
        "price": Money(2500, "EUR"),
        "quantity": 7,
        "language": "de",
    }
    return OfferContent(**{**given, **changed})


def member(**changed: Any) -> OfferContent:
    return offer(**{"group": LAMP, "options": {"Farbe": "rot", "Größe": "M"}, **changed})


def in_german(value: str) -> dict[str, str]:
    return {"value": value, "language_tag": "de_DE", "marketplace_id": STORE}


def test_a_plain_offer_needs_no_more_than_title_brand_description_price_quantity_condition() -> None:
    assert attributes.new_offer(offer(), DE) == {
        "item_name": [in_german("Tischlampe rot")],
        "brand": [in_german("Muster")],
        "product_description": [in_german("Eine rote Lampe")],
        "condition_type": [{"value": "new_new", "marketplace_id": STORE}],
        "supplier_declared_has_product_identifier_exemption": [{"value": True, "marketplace_id": STORE}],
        "purchasable_offer": [
            {"marketplace_id": STORE, "currency": "EUR", "audience": "ALL", "our_price": [{"schedule": [{"value_with_tax": 25}]}]}
        ],
        "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 7}],
    }


def test_a_full_offer_has_bullets_pictures_weight_and_barcode() -> None:
    made = attributes.new_offer(
        offer(bullets=("hell", "sparsam"), pictures=("https://x/1.jpg", "https://x/2.jpg"), weight_g=1200, gtin="4006381333931"), DE
    )
    assert made["bullet_point"] == [in_german("hell"), in_german("sparsam")]
    assert made["main_product_image_locator"] == [{"media_location": "https://x/1.jpg", "marketplace_id": STORE}]
    assert made["other_product_image_locator_1"] == [{"media_location": "https://x/2.jpg", "marketplace_id": STORE}]
    assert made["item_package_weight"] == [{"value": 1200, "unit": "grams", "marketplace_id": STORE}]
    assert made["externally_assigned_product_identifier"] == [{"type": "ean", "value": "4006381333931", "marketplace_id": STORE}]
    assert "supplier_declared_has_product_identifier_exemption" not in made


def test_no_more_pictures_than_amazon_has_places_for() -> None:
    made = attributes.new_offer(offer(pictures=[f"https://x/{n}.jpg" for n in range(12)]), DE)
    assert sum("image_locator" in name for name in made) == 9
    assert "other_product_image_locator_9" not in made


@pytest.mark.parametrize(
    ("gtin", "kind"), [("96385074", "ean"), ("036000291452", "upc"), ("4006381333931", "ean"), ("10614141000415", "gtin")]
)
def test_a_barcode_is_named_by_its_length(gtin: str, kind: str) -> None:
    (entry,) = attributes.new_offer(offer(gtin=gtin), DE)["externally_assigned_product_identifier"]
    assert entry["type"] == kind


def test_what_the_seller_gave_in_amazons_words_wins() -> None:
    given = {"brand": [{"value": "Generic"}], "country_of_origin": "CN"}
    made = attributes.new_offer(offer(attributes=given), DE)
    assert made["brand"] == [{"value": "Generic"}]
    assert made["country_of_origin"] == [{"value": "CN"}]


def test_a_member_of_a_group_is_tied_to_its_page() -> None:
    made = attributes.new_offer(member(), DE, ["SIZE/COLOR"])
    assert made["color"] == [in_german("rot")]
    assert made["size"] == [in_german("M")]
    assert made["parentage_level"] == [{"value": "child", "marketplace_id": STORE}]
    assert made["variation_theme"] == [{"name": "SIZE/COLOR", "marketplace_id": STORE}]
    assert made["child_parent_sku_relationship"] == [
        {"child_relationship_type": "variation", "parent_sku": "LAMP-PARENT", "marketplace_id": STORE}
    ]


def test_the_page_of_a_group_cannot_be_bought_and_does_not_vary() -> None:
    given = {"color": "rot", "parentage_level": "child", "country_of_origin": "CN", "fulfillment_availability": [], "purchasable_offer": []}
    made = attributes.parent(member(attributes=given, gtin="4006381333931"), LAMP, DE)
    assert set(made) == {"item_name", "brand", "product_description", "parentage_level", "variation_theme", "country_of_origin"}
    assert made["item_name"] == [in_german("Tischlampe")], "the group's title, not a member's"
    assert made["parentage_level"] == [{"value": "parent", "marketplace_id": STORE}]


def test_an_option_amazon_has_no_word_for_is_the_size_then_the_style() -> None:
    pot = Group("POT", "t", "d", ("Diameter", "Color", "Lid"), (Sku("A"),))
    made = attributes.new_offer(offer(group=pot, options={"Diameter": "24 cm", "Color": "red", "Lid": "glass"}), DE)
    assert (made["size"], made["color"], made["style"]) == ([in_german("24 cm")], [in_german("red")], [in_german("glass")])
    assert made["variation_theme"][0]["name"] == "SIZE/COLOR/STYLE"


def test_a_third_option_amazon_has_no_word_for_is_refused_with_the_cure() -> None:
    odd = Group("ODD", "t", "d", ("Size", "Style", "Lochabstand"), (Sku("A"),))
    options = {"Size": "M", "Style": "plain", "Lochabstand": "3"}
    with pytest.raises(Refused, match="Lochabstand") as caught:
        attributes.new_offer(offer(group=odd, options=options), DE)
    assert caught.value.code == "option_unknown"


def test_a_theme_of_the_sellers_own_is_not_guessed_at() -> None:
    odd = Group("ODD", "t", "d", ("Lochabstand",), (Sku("A"),))
    made = attributes.new_offer(
        offer(group=odd, options={"Lochabstand": "3"}, attributes={"variation_theme": [{"name": "HOLE_SPACING"}], "hole_spacing": "3"}), DE
    )
    assert made["variation_theme"] == [{"name": "HOLE_SPACING"}]
    assert "size" not in made


@pytest.mark.parametrize(
    ("allowed", "chosen"),
    [
        (["COLOR", "SIZE", "SIZE/COLOR"], "SIZE/COLOR"),
        (["COLOR_NAME/SIZE_NAME", "STYLE"], "COLOR_NAME/SIZE_NAME"),
        (["STYLE"], "COLOR/SIZE"),
        ([], "COLOR/SIZE"),
    ],
)
def test_the_theme_is_the_one_the_product_type_allows(allowed: list[str], chosen: str) -> None:
    assert theme(["color", "size"], allowed) == chosen


def test_a_theme_that_amazon_removes_is_not_chosen() -> None:
    name = {"enum": ["COLOR/SIZE", "SIZE/COLOR"], "$lifecycle": {"enumDeprecated": ["COLOR/SIZE"]}}
    schema = {"properties": {"variation_theme": {"items": {"properties": {"name": name}}}}}
    assert themes(schema) == ["SIZE/COLOR"]
    assert themes({}) == []


@given(st.integers(1, 10**13), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_F12_a_price_stands_on_the_wire_to_the_last_unit(minor: int, currency: str) -> None:
    price = Money(minor, currency)
    wire = json.dumps(attributes.price(price, DE))
    number = json.loads(wire, parse_float=Decimal, parse_int=Decimal)["our_price"][0]["schedule"][0]["value_with_tax"]
    assert number == price.major()


# --- what differs ------------------------------------------------------------------------------------------------


def shown(**changed: Any) -> dict[str, Any]:
    """What Amazon gives back of our offer: with keys of its own, and another store's entries between ours."""
    there = json.loads(json.dumps(attributes.new_offer(offer(bullets=("hell",)), DE)))
    there["purchasable_offer"][0] |= {"discounted_price": [{"schedule": [{"value_with_tax": 19.9}]}], "start_at": {"value": "2026-01-01"}}
    there["item_name"].insert(0, {"value": "Lampe", "language_tag": "fr_FR", "marketplace_id": "A13V1IB3VIYZZH"})
    there["fulfillment_availability"][0] |= {"quantity": 3, "lead_time_to_ship_max_days": 2}
    return {**there, **changed}


def test_an_offer_that_is_right_needs_no_patch() -> None:
    assert attributes.patches(attributes.content(offer(bullets=("hell",)), DE), shown(), DE) == []


def test_a_business_price_beside_ours_is_none_of_our_matter() -> None:
    there = shown()
    business = {"marketplace_id": STORE, "currency": "EUR", "audience": "B2B", "our_price": [{"schedule": [{"value_with_tax": 20}]}]}
    there["purchasable_offer"].insert(0, business)
    assert attributes.patches(attributes.content(offer(bullets=("hell",)), DE), there, DE) == []


def test_a_new_price_patches_the_price_alone_and_merges() -> None:
    (patch,) = attributes.patches(attributes.content(offer(bullets=("hell",), price=Money(1999, "EUR")), DE), shown(), DE)
    assert patch["op"] == "merge", "a sale price set at Amazon stays"
    assert patch["path"] == "/attributes/purchasable_offer"
    assert patch["value"][0]["our_price"] == [{"schedule": [{"value_with_tax": 19.99}]}]


def test_a_new_title_patches_the_title_alone() -> None:
    (patch,) = attributes.patches(attributes.content(offer(bullets=("hell",), title="Neu"), DE), shown(), DE)
    assert patch == {"op": "replace", "path": "/attributes/item_name", "value": [in_german("Neu")]}


def test_a_revision_never_touches_the_quantity() -> None:
    wanted = attributes.new_offer(offer(quantity=99, title="Neu"), DE)
    paths = {patch["path"] for patch in attributes.patches(wanted, shown(), DE)}
    assert "/attributes/fulfillment_availability" not in paths


def test_a_picture_that_is_not_wanted_any_more_is_deleted_by_its_selector() -> None:
    there = shown(other_product_image_locator_1=[{"media_location": "https://x/old.jpg", "marketplace_id": STORE}])
    (patch,) = attributes.patches(attributes.content(offer(bullets=("hell",)), DE), there, DE)
    assert patch == {"op": "delete", "path": "/attributes/other_product_image_locator_1", "value": [{"marketplace_id": STORE}]}


def test_a_bullet_point_fewer_replaces_the_list_and_none_deletes_it() -> None:
    there = shown(bullet_point=[in_german("hell"), in_german("sparsam")])
    (fewer,) = attributes.patches(attributes.content(offer(bullets=("hell",)), DE), there, DE)
    assert fewer == {"op": "replace", "path": "/attributes/bullet_point", "value": [in_german("hell")]}
    (none,) = attributes.patches(attributes.content(offer(), DE), there, DE)
    assert (none["op"], none["path"]) == ("delete", "/attributes/bullet_point")


# --- tables ------------------------------------------------------------------------------------------------------


def test_the_stores_are_those_an_independent_client_knows() -> None:
    marketplaces = pytest.importorskip("sp_api.base.marketplaces").Marketplaces
    known = {at.marketplace_id: (at.name, at.endpoint) for at in marketplaces if at.name != "UK"}
    assert {name: (at.country, codes.HOSTS[at.region]) for name, at in codes.MARKETPLACES.items()} == known


@pytest.mark.parametrize(
    ("store", "language", "tag"),
    [
        (STORE, "de", "de_DE"),
        (STORE, "en", "en_GB"),
        (STORE, "zh", "de_DE"),
        ("A1VC38T7YXB528", "zh-hans", "zh_CN"),
        ("NEW", "fr", "en_US"),
    ],
)
def test_a_language_is_the_stores_tag_for_it(store: str, language: str, tag: str) -> None:
    assert codes.language_tag(store, language) == tag
