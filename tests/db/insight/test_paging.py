"""Pages by key: forward and back over any order, every row once, while rows come and go."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.catalog.models import Product
from entrepot.insight.paging import page

pytestmark = pytest.mark.django_db
ORDERS = [("pk",), ("-pk",), ("brand", "pk"), ("-brand", "-pk"), ("-brand", "pk")]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(brands=st.lists(st.sampled_from("abc"), max_size=12), size=st.integers(1, 5), order=st.sampled_from(ORDERS))
def test_all_pages_forward_and_back_are_the_whole_list(brands: list[str], size: int, order: tuple[str, ...]) -> None:
    Product.objects.all().delete()
    Product.objects.bulk_create([Product(code=f"P{i}", brand=brand) for i, brand in enumerate(brands)])
    whole = [row.pk for row in Product.objects.order_by(*order)]
    seen, cursor, pages = [], "", []
    while True:
        found = page(Product.objects.all(), order, cursor, size)
        seen += [row.pk for row in found.rows]
        pages.append([row.pk for row in found.rows])
        if found.next is None:
            break
        cursor = found.next
    assert seen == whole
    while found.before is not None:
        found = page(Product.objects.all(), order, found.before, size)
        pages.pop()
        assert [row.pk for row in found.rows] == pages[-1]
    assert len(pages) == 1


def test_a_row_that_comes_before_the_cursor_is_not_shown_twice() -> None:
    Product.objects.bulk_create([Product(code=f"P{i}") for i in range(4)])
    first = page(Product.objects.all(), ("-pk",), size=2)
    Product.objects.create(code="new")
    second = page(Product.objects.all(), ("-pk",), first.next or "", size=2)
    assert [row.code for row in [*first.rows, *second.rows]] == ["P3", "P2", "P1", "P0"]


@pytest.mark.parametrize("cursor", ["", "n", "nonsense", "n!!!", "bWzFd", "x[1]", "n" + "A" * 400, "nWyJ4Il0"])
def test_a_cursor_that_cannot_be_read_gives_the_first_page(cursor: str) -> None:
    Product.objects.create(code="P")
    assert [row.code for row in page(Product.objects.all(), ("brand", "pk"), cursor).rows] == ["P"]
