"""Products: made, changed under a version, archived."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from entrepot.base.errors import NotFound, UserError
from entrepot.base.ids import new_public_id
from entrepot.catalog import actions, queries
from entrepot.catalog.errors import Taken, VersionConflict
from entrepot.catalog.imports.products import import_products
from entrepot.catalog.models import Product, Variant
from entrepot.catalog.types import ProductDraft, ProductRef, Text, VariantDraft
from entrepot.catalog.values import BadValue
from entrepot.people import deployment
from entrepot.people.models import Audit

pytestmark = pytest.mark.django_db


def one(sku: str, code: str = "", **more: Any) -> ProductDraft:
    return ProductDraft(code or sku, [VariantDraft(sku)], **more)


def test_a_product_is_shown_as_it_was_made(lamp: ProductRef) -> None:
    shown = queries.product(lamp.public_id)
    assert (shown.code, shown.brand, shown.option_names, shown.version) == ("LAMP", "Lumen", ("Colour",), 1)
    assert shown.texts["en"] == Text("Desk lamp", "A lamp.", ("Bright",))
    assert [(v.sku, v.options, v.price_minor, v.gtin) for v in shown.variants] == [
        ("LAMP-R", {"Colour": "red"}, 2500, "4006381333931"),
        ("LAMP-B", {"Colour": "blue"}, 2600, ""),
    ]


def test_p18_making_and_changing_leave_audit_rows_with_before_and_after(lamp: ProductRef) -> None:
    red = queries.variant_of("LAMP-R")
    actions.update_product(
        lamp.public_id, version=1, actor="bob", source="api", fields={"brand": "Lux"}, variants={red: {"price_minor": 2400}}
    )
    made, changed = Audit.objects.filter(subject=f"product:{lamp.public_id}").order_by("pk")
    assert (made.action, made.actor) == ("product.created", "ann")
    assert (changed.action, changed.actor, changed.source) == ("product.changed", "bob", "api")
    assert changed.before == {"brand": "Lumen", "LAMP-R.price_minor": 2500}
    assert changed.after == {"brand": "Lux", "LAMP-R.price_minor": 2400}


@pytest.mark.parametrize("sku", ["LAMP-R", "lamp-r", " Lamp-R "])
def test_a_sku_is_unique_however_its_case_is_typed(lamp: ProductRef, sku: str) -> None:
    with pytest.raises(Taken, match="LAMP-R belongs to the product LAMP"):
        actions.create_product(one(sku, code="OTHER"), actor="ann")
    assert not Product.objects.filter(code="OTHER").exists()


def test_a_sku_of_an_archived_variant_stays_taken(lamp: ProductRef) -> None:
    actions.archive_product(lamp.public_id, actor="ann")
    with pytest.raises(Taken):
        actions.create_product(one("LAMP-R", code="OTHER"), actor="ann")


def test_skus_with_letters_of_any_script_are_compared_as_the_database_does() -> None:
    actions.create_product(one("straße-é"), actor="ann")
    with pytest.raises(Taken):
        actions.create_product(one("STRAßE-É"), actor="ann")
    assert queries.variant_of("Straße-É") == Variant.objects.get().pk


def test_variants_that_a_buyer_could_not_tell_apart_are_refused(lamp: ProductRef) -> None:
    with pytest.raises(Taken, match="same options"):
        actions.update_product(lamp.public_id, version=1, actor="ann", new_variants=[VariantDraft("LAMP-X", options={"Colour": "red"})])
    with pytest.raises(BadValue, match="LAMP-X has no Colour"):
        actions.update_product(lamp.public_id, version=1, actor="ann", new_variants=[VariantDraft("LAMP-X")])
    assert queries.product(lamp.public_id).version == 1


def test_f28_a_stale_form_shows_both_values_and_overwrites_nothing(lamp: ProductRef) -> None:
    red = queries.variant_of("LAMP-R")
    first = actions.update_product(lamp.public_id, version=1, actor="ann", fields={"brand": "Lux"}, variants={red: {"price_minor": 2400}})
    assert first.version == 2
    with pytest.raises(VersionConflict, match="brand: yours “Luna”, now “Lux”") as no:
        actions.update_product(
            lamp.public_id,
            version=1,
            actor="bob",
            fields={"brand": "Luna", "category": "Lighting"},
            texts={"en": Text("Reading lamp", "A lamp.", ("Bright",))},
            variants={red: {"price_minor": 2300}},
        )
    assert {(one.field, one.yours, one.theirs) for one in no.value.conflicts} == {
        ("brand", "Luna", "Lux"),
        ("category", "Lighting", ""),
        ("title.en", "Reading lamp", "Desk lamp"),
        ("LAMP-R.price_minor", 2300, 2400),
    }
    shown = queries.product(lamp.public_id)
    assert (shown.brand, shown.category, shown.variants[0].price_minor, shown.version) == ("Lux", "", 2400, 2)


def test_f28_a_stale_form_that_wants_what_is_there_is_no_conflict(lamp: ProductRef) -> None:
    actions.update_product(lamp.public_id, version=1, actor="ann", fields={"brand": "Lux"})
    again = actions.update_product(lamp.public_id, version=1, actor="bob", fields={"brand": "Lux"})
    assert again.version == 2
    assert Audit.objects.filter(action="product.changed").count() == 1


def test_texts_are_kept_per_language_and_can_be_removed(lamp: ProductRef) -> None:
    actions.update_product(lamp.public_id, version=1, actor="ann", texts={"fr": Text("Lampe"), "zh": None})
    assert set(queries.product(lamp.public_id).texts) == {"en", "fr"}


def test_a_field_that_does_not_exist_is_refused(lamp: ProductRef) -> None:
    with pytest.raises(BadValue, match="no field “owner_id”"):
        actions.update_product(lamp.public_id, version=1, actor="ann", fields={"owner_id": 1})


def test_archiving_and_restoring_keep_everything(lamp: ProductRef) -> None:
    actions.archive_variant(queries.variant_of("LAMP-B"), actor="ann")
    actions.archive_product(lamp.public_id, actor="ann")
    actions.archive_product(lamp.public_id, actor="ann")
    assert queries.listed() == []
    assert [row.code for row in queries.listed(archived=True)] == ["LAMP"]
    actions.restore_product(lamp.public_id, actor="ann")
    shown = queries.product(lamp.public_id)
    assert [(v.sku, v.archived_at is None) for v in shown.variants] == [("LAMP-R", True), ("LAMP-B", False)]
    actions.restore_variant(queries.variant_of("LAMP-B"), actor="ann")
    assert all(v.archived_at is None for v in queries.product(lamp.public_id).variants)


def test_a_variant_of_an_archived_product_is_not_restored_alone(lamp: ProductRef) -> None:
    actions.archive_product(lamp.public_id, actor="ann")
    with pytest.raises(UserError, match="LAMP is archived"):
        actions.restore_variant(queries.variant_of("LAMP-B"), actor="ann")


def test_what_is_not_there_is_said_so() -> None:
    with pytest.raises(NotFound):
        actions.update_product(new_public_id(), version=1, actor="ann", fields={"brand": "x"})
    with pytest.raises(NotFound, match="no SKU NOPE"):
        queries.variant_of(" NOPE ")


@pytest.fixture
def somebody_else(connect: Callable[..., psycopg.Connection]) -> Callable[[Callable[[], Any]], Any]:
    """Runs a function while somebody else's product and variant RACE are written and not yet committed; commits when it waits for them."""
    deployment.set_up(base_currency_code="EUR", time_zone="UTC", demo=False)
    other, watch = connect(), connect(autocommit=True)

    def race(work: Callable[[], Any]) -> Any:
        made = "INSERT INTO product (public_id, code, brand, category, origin_country, hs_code, option_names, attributes, version) "
        row = other.execute(made + "VALUES (gen_random_uuid(), 'RACE', '', '', '', '', '[]', '{}', 1) RETURNING id").fetchone()
        assert row is not None
        other.execute("INSERT INTO variant (product_id, sku, gtin, options, is_kit) VALUES (%s, 'RACE', '', '{}', false)", [row[0]])

        def isolated() -> Any:
            try:
                return work()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(isolated)
            waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'transactionid'"
            while not done.done() and not watch.execute(waits).fetchone()[0]:  # type: ignore[index]
                time.sleep(0.01)
            other.commit()
            return done.result(timeout=10)

    return race


@pytest.mark.django_db(transaction=True)
def test_a_sku_that_somebody_else_makes_at_the_same_moment_is_named(somebody_else: Callable[..., Any]) -> None:
    with pytest.raises(Taken, match="RACE belongs to the product RACE"):
        somebody_else(lambda: actions.create_product(one("race", code="MINE"), actor="ann"))
    assert list(Product.objects.values_list("code", flat=True)) == ["RACE"]


@pytest.mark.django_db(transaction=True)
def test_an_import_that_meets_a_sku_made_at_the_same_moment_takes_it_as_known(somebody_else: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("sku,brand\nOTHER,\nRACE,Acme\n")
    run = somebody_else(lambda: import_products(file, "entrepot", actor="ann"))
    assert (run.imported, run.unchanged, dict(run.rejected)) == (2, 0, {})
    assert dict(Product.objects.values_list("code", "brand")) == {"RACE": "Acme", "OTHER": ""}
    assert Product.objects.get(code="RACE").version == 2
