"""Kits are made of variants that are no kits."""

import pytest

from entrepot.base.errors import NotFound, UserError
from entrepot.base.ids import VariantId
from entrepot.catalog import actions, queries
from entrepot.catalog.actions import kits
from entrepot.catalog.types import ProductDraft, VariantDraft
from entrepot.people.models import Audit

pytestmark = pytest.mark.django_db


@pytest.fixture
def skus() -> dict[str, VariantId]:
    for sku in ("SET", "CUP", "SPOON", "BOX"):
        actions.create_product(ProductDraft(sku, [VariantDraft(sku)]), actor="ann")
    return queries.variants_of(["SET", "CUP", "SPOON", "BOX"])


def test_a_kit_holds_its_components(skus: dict[str, VariantId]) -> None:
    kits.set_components(skus["SET"], [("cup", 2), ("SPOON", 4)], actor="ann")
    assert queries.components_of([skus["SET"], skus["CUP"]]) == {skus["SET"]: [(skus["CUP"], 2), (skus["SPOON"], 4)]}
    view = queries.product(queries.product_of(skus["SET"]))
    assert view.variants[0].is_kit
    assert view.variants[0].components == (("CUP", 2), ("SPOON", 4))
    assert view.version == 2
    kits.set_components(skus["SET"], [("CUP", 2), ("SPOON", 4)], actor="ann")
    assert Audit.objects.filter(action="kit.changed").count() == 1


def test_a_kit_without_components_is_no_kit(skus: dict[str, VariantId]) -> None:
    kits.set_components(skus["SET"], [("CUP", 2)], actor="ann")
    kits.set_components(skus["SET"], [], actor="ann")
    assert not queries.product(queries.product_of(skus["SET"])).variants[0].is_kit


def test_a_kit_holds_no_kit_neither_way_round(skus: dict[str, VariantId]) -> None:
    kits.set_components(skus["SET"], [("CUP", 2)], actor="ann")
    with pytest.raises(UserError, match="SET is a kit"):
        kits.set_components(skus["BOX"], [("SET", 1)], actor="ann")
    with pytest.raises(UserError, match="CUP is part of another kit"):
        kits.set_components(skus["CUP"], [("SPOON", 1)], actor="ann")


@pytest.mark.parametrize(
    ("components", "kind", "words"),
    [
        ([("NOPE", 1)], NotFound, "no SKU NOPE"),
        ([("SET", 1)], UserError, "component of itself"),
        ([("CUP", 0)], UserError, "cannot hold 0 units"),
        ([("CUP", 1), ("cup", 2)], UserError, "twice"),
    ],
)
def test_wrong_components_are_refused_by_name(
    skus: dict[str, VariantId], components: list[tuple[str, int]], kind: type, words: str
) -> None:
    with pytest.raises(kind, match=words):
        kits.set_components(skus["SET"], components, actor="ann")
    assert queries.components_of([skus["SET"]]) == {}


def test_a_component_is_not_archived_while_a_kit_needs_it(skus: dict[str, VariantId]) -> None:
    kits.set_components(skus["SET"], [("CUP", 2)], actor="ann")
    with pytest.raises(UserError, match="CUP is part of the kit SET"):
        actions.archive_product(queries.product_of(skus["CUP"]), actor="ann")
    actions.archive_product(queries.product_of(skus["SET"]), actor="ann")
    actions.archive_product(queries.product_of(skus["CUP"]), actor="ann")
    with pytest.raises(UserError, match="CUP is archived"):
        kits.set_components(skus["BOX"], [("CUP", 1)], actor="ann")
