"""What other floors and doors read."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entrepot.base.errors import NotFound
from entrepot.base.ids import UserId
from entrepot.catalog import actions, queries
from entrepot.catalog.models import Product, ProductText, Variant
from entrepot.catalog.types import ProductDraft, ProductRef, Text, VariantDraft
from entrepot.people.scope import Scope

pytestmark = pytest.mark.django_db


def make(sku: str, title: str = "", **more: object) -> ProductRef:
    texts = {"en": Text(title)} if title else {}
    return actions.create_product(ProductDraft(sku, [VariantDraft(sku)], texts, **more), actor="ann")  # type: ignore[arg-type]


def test_lists_page_by_key_and_count_nothing() -> None:
    made = [make(f"P-{n}") for n in range(7)]
    pages, after = [], None
    with CaptureQueriesContext(
        connection,
    ) as seen:
        while page := queries.listed(after=after, size=3):
            pages.append([row.code for row in page])
            after = page[-1].public_id
    assert pages == [["P-0", "P-1", "P-2"], ["P-3", "P-4", "P-5"], ["P-6"]]
    assert made[0].public_id < made[6].public_id
    assert not any("COUNT(" in q["sql"].upper() or "OFFSET" in q["sql"].upper() for q in seen.captured_queries)


def test_a_person_who_sees_own_products_only_finds_no_other() -> None:
    user = get_user_model().objects.create_user("ann", password=None)
    mine = make("MINE", "Mug", owner=UserId(user.pk))
    other = make("OTHER", "Mug")
    scope = Scope(owner=user.pk)
    assert [row.code for row in queries.listed(scope=scope)] == ["MINE"]
    assert [row.sku for row in queries.search("mug", scope=scope)] == ["MINE"]
    assert queries.product(mine.public_id, scope=scope).code == "MINE"
    with pytest.raises(NotFound):
        queries.product(other.public_id, scope=scope)


def test_search_finds_by_the_beginning_of_sku_gtin_and_title(lamp: ProductRef) -> None:
    make("4006-X", "Lampshade")
    assert [row.sku for row in queries.search("lamp")] == ["LAMP-B", "LAMP-R", "4006-X"]
    assert [row.sku for row in queries.search("4006")] == ["4006-X", "LAMP-R"]
    assert [row.title for row in queries.search("desk")] == ["Desk lamp", "Desk lamp"]
    assert queries.search("amp") == queries.search("  ") == []
    assert [row.sku for row in queries.search("100%")] == []


def test_search_reads_an_index_for_each_kind_of_beginning() -> None:
    many = Product.objects.bulk_create(Product(code=f"CODE-{n}") for n in range(500))  # an index is worth its while
    ProductText.objects.bulk_create(ProductText(product=one, language="en", title=one.code) for one in many)
    Variant.objects.bulk_create(Variant(product=one, sku=one.code, gtin=f"{one.pk:013}") for one in many)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE product, product_text, variant")
        cursor.execute("SET LOCAL enable_seqscan = off")
        for table, where in (
            ("variant", "upper(sku::text) LIKE upper('LAMP%%')"),
            ("product_text", "upper(title::text) LIKE upper('lamp%%')"),
            ("product", "upper(code::text) LIKE upper('lamp%%')"),
            ("variant", "gtin::text LIKE '4006%%' AND NOT (gtin = '')"),
        ):
            cursor.execute(f"EXPLAIN SELECT id FROM {table} WHERE {where}", [])
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Index Cond" in plan, plan


def test_content_of_listings_falls_back_through_languages(lamp: ProductRef) -> None:
    red, blue = queries.variant_of("LAMP-R"), queries.variant_of("LAMP-B")
    bare = make("BARE")
    only = queries.variant_of("BARE")
    found = queries.content_of([red, blue, only], "zh-tw")
    assert (found[red].language, found[red].title) == ("zh", "台灯")
    assert (found[only].language, found[only].title) == ("", "BARE")
    french = queries.content_of([red], "fr")[red]
    assert (french.language, french.title, french.bullets) == ("en", "Desk lamp", ("Bright",))
    assert queries.content_of([red], "fr", fallbacks=("zh", "en"))[red].title == "台灯"
    assert (french.options, french.option_names, french.siblings) == ({"Colour": "red"}, ("Colour",), ("LAMP-R", "LAMP-B"))
    assert (french.product, french.product_code, french.price_minor, french.gtin) == (lamp.id, "LAMP", 2500, "4006381333931")
    assert found[only].product == bare.id


def test_content_has_the_variants_own_pictures_first_and_rises_with_every_change(lamp: ProductRef) -> None:
    red, blue = queries.variant_of("LAMP-R"), queries.variant_of("LAMP-B")
    before = queries.content_of([red], "en")[red].content_version
    shared = actions.link_picture(lamp.public_id, "https://cdn.example.com/all.png", actor="ann")
    own = actions.link_picture(lamp.public_id, "https://cdn.example.com/red.png", actor="ann", variant=red)
    found = queries.content_of([red, blue], "en")
    assert [one.id for one in found[red].pictures] == [own, shared]
    assert [one.id for one in found[blue].pictures] == [shared]
    assert found[red].content_version > before


def test_content_is_read_in_one_statement_however_many_variants() -> None:
    for n in range(5):
        make(f"S-{n}", "Spoon")
    variants = list(queries.variants_of([f"S-{n}" for n in range(5)]).values())
    with CaptureQueriesContext(connection) as seen:
        assert len(queries.content_of(variants, "en")) == 5
    assert len(seen) == 0  # Django ran none: the statement goes through base.sql


def test_archived_and_unknown_variants_are_told(lamp: ProductRef) -> None:
    red = queries.variant_of("lamp-r")
    actions.archive_product(lamp.public_id, actor="ann")
    found = queries.content_of([red, queries.VariantId(10**9)], "en")
    assert list(found) == [red]
    assert found[red].archived
