"""F28: two people edit one product; nothing is overwritten silently, and what does not clash is saved."""

from collections.abc import Callable

import pytest
from django.test import Client

from entrepot.catalog import actions as catalog
from entrepot.catalog import queries
from entrepot.catalog.types import Text
from tests.web.world import World

pytestmark = pytest.mark.django_db


def form_of(client: Client, product: object) -> dict[str, str]:
    """What a browser would send if nothing were changed."""
    context = client.get(f"/products/{product}/edit/?language=en").context
    stored = context["stored"]
    shown = {name: value for name, value in stored.items() if not name.startswith("t.") or name.startswith("t.en.")}
    return {**shown, **{f"was.{name}": value for name, value in shown.items()}, "language": "en"}


def test_saving_without_a_change_changes_nothing(world: World, signed_in: Callable[[str], Client]) -> None:
    client, product = signed_in("ops"), world.products["LANTERN"]
    before = queries.product(product)
    assert client.post(f"/products/{product}/edit/", form_of(client, product)).status_code == 302
    assert queries.product(product) == before


def test_f28_different_fields_are_both_kept(world: World, signed_in: Callable[[str], Client]) -> None:
    client, product = signed_in("ops"), world.products["LANTERN"]
    form = form_of(client, product)
    catalog.update_product(product, version=queries.product(product).version, actor="colleague", fields={"brand": "Theirs"})
    answer = client.post(f"/products/{product}/edit/", {**form, "f.category": "Mine"})
    now = queries.product(product)
    assert (answer.status_code, now.brand, now.category) == (302, "Theirs", "Mine")


def test_f28_the_same_field_shows_both_values_and_saves_the_rest(world: World, signed_in: Callable[[str], Client]) -> None:
    client, product = signed_in("ops"), world.products["LANTERN"]
    form = form_of(client, product)
    catalog.update_product(product, version=queries.product(product).version, actor="colleague", fields={"brand": "Theirs"})
    answer = client.post(f"/products/{product}/edit/", {**form, "f.brand": "Mine", "f.category": "Saved all the same"})
    now = queries.product(product)
    assert (answer.status_code, now.brand, now.category) == (409, "Theirs", "Saved all the same")
    assert [(clash.yours, clash.theirs) for clash in answer.context["clashes"]] == [("Mine", "Theirs")]
    client.post(f"/products/{product}/edit/", {"f.brand": "Mine", "was.f.brand": "Theirs", "language": "en"})
    assert queries.product(product).brand == "Mine"


def test_texts_prices_and_new_variants_are_saved(world: World, signed_in: Callable[[str], Client]) -> None:
    client, product = signed_in("ops"), world.products["LANTERN"]
    form, lamp = form_of(client, product), world.variants["HY-LAMP"]
    form |= {
        "f.option_names": "Color",
        f"v.{lamp}.options": "Moss",
        f"v.{lamp}.price_minor": "44,90",
        "t.en.bullets": "one\r\ntwo\r\n",
        "n.0.sku": "HY-LAMP-RED",
        "n.0.options": "Red",
        "n.0.weight_g": "410",
    }
    assert client.post(f"/products/{product}/edit/", form).status_code == 302
    now = queries.product(product)
    assert {one.sku: (one.options, one.price_minor, one.weight_g) for one in now.variants} == {
        "HY-LAMP": ({"Color": "Moss"}, 4490, None),
        "HY-LAMP-RED": ({"Color": "Red"}, None, 410),
    }
    assert now.texts["en"] == Text("Camping lantern, USB-C", "Bright.", ("one", "two"))
    assert now.texts["zh"].title == "充电露营灯"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("price_minor", "12.345", "finer than EUR can pay"),
        ("price_minor", "cheap", "is not an amount"),
        ("weight_g", "4 kg", "is not a whole number"),
        ("gtin", "123", "GTIN"),
    ],
)
def test_a_value_that_cannot_be_read_is_named_and_nothing_is_saved(
    name: str, value: str, says: str, world: World, signed_in: Callable[[str], Client]
) -> None:
    client, product = signed_in("ops"), world.products["LANTERN"]
    before = queries.product(product)
    form = {**form_of(client, product), f"v.{world.variants['HY-LAMP']}.{name}": value}
    answer = client.post(f"/products/{product}/edit/", form)
    assert says in answer.content.decode()
    assert queries.product(product) == before


def test_a_new_product_with_a_sku_that_is_taken_says_whose_it_is(signed_in: Callable[[str], Client]) -> None:
    answer = signed_in("ops").post("/products/new/", {"language": "en", "t.en.title": "Copy", "n.0.sku": "hy-lamp"})
    page = answer.content.decode()
    assert "LANTERN" in page
    assert "Copy" in page


def test_a_kit_is_made_and_unmade(world: World, signed_in: Callable[[str], Client]) -> None:
    client, product = signed_in("ops"), world.products["TENT"]
    client.post("/products/new/", {"language": "en", "t.en.title": "Camp set", "n.0.sku": "HY-SET"})
    kit = client.get("/products/", {"q": "HY-SET"}).context["found"].rows[0].public_id
    assert product != kit
    client.post(f"/products/{kit}/kit/", {"sku": "HY-SET", "components": "2 × HY-LAMP\r\nHY-TENT"})
    assert list(queries.product(kit).variants[0].components) == [("HY-LAMP", 2), ("HY-TENT", 1)]
    client.post(f"/products/{kit}/kit/", {"sku": "HY-SET", "components": ""})
    assert not queries.product(kit).variants[0].is_kit


def test_archive_and_restore(world: World, signed_in: Callable[[str], Client]) -> None:
    client, product = signed_in("ops"), world.products["TENT"]
    for archive, archived in (("1", True), ("0", False)):
        client.post(f"/products/{product}/archive/", {"archive": archive})
        assert (queries.product(product).archived_at is not None) is archived


def test_a_language_that_is_there_by_another_name_is_not_offered_again(world: World, signed_in: Callable[[str], Client]) -> None:
    product = world.products["TENT"]
    seen = queries.product(product)
    catalog.update_product(product, version=seen.version, actor="t", texts={"en": Text("Tent 2P"), "zh-hans": Text("帐篷")})
    offered = signed_in("ops").get(f"/products/{product}/edit/").context["languages"]
    assert ("zh-hans" in offered, "zh" in offered, "de" in offered) == (True, False, True)
