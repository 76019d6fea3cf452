"""A small category tree: enough to choose a leaf, and to know which item specifics it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TREES = {
    "EBAY_IE": "205",
    "EBAY_US": "0",
    "EBAY_CA": "2",
    "EBAY_GB": "3",
    "EBAY_AU": "15",
    "EBAY_AT": "16",
    "EBAY_FR": "71",
    "EBAY_DE": "77",
    "EBAY_IT": "101",
    "EBAY_NL": "146",
    "EBAY_ES": "186",
    "EBAY_CH": "193",
    "EBAY_PL": "212",
}
TREE_VERSION = "137"
ROOT = "0"


@dataclass(frozen=True)
class Category:
    """One category. `aspects` are the names buyers filter by; of these only Brand must be given."""

    category_id: str
    name: str
    parent: str | None
    aspects: tuple[str, ...] = ()


ALL = {
    category.category_id: category
    for category in (
        Category(ROOT, "Root", None),
        Category("11700", "Home & Garden", ROOT),
        Category("10033", "Home Décor", "11700"),
        Category("262979", "Decorative Gifts & Accents", "10033", ("Brand", "Color", "Material")),
        Category("46783", "Candles", "10033", ("Brand", "Color", "Scent")),
        Category("20625", "Kitchen, Dining & Bar", "11700"),
        Category("20696", "Mugs", "20625", ("Brand", "Color", "Capacity")),
        Category("11450", "Clothing, Shoes & Accessories", ROOT),
        Category("15724", "Women's Clothing", "11450"),
        Category("63861", "Dresses", "15724", ("Brand", "Color", "Size", "Material")),
        Category("15720", "Wedding Dresses", "15724", ("Brand", "Color", "Size")),
        Category("169291", "Women's Bags & Handbags", "11450", ("Brand", "Color", "Material")),
        Category("58058", "Computers, Tablets & Networking", ROOT),
        Category("175837", "Cables & Connectors", "58058", ("Brand", "Color", "Length")),
    )
}
DEFAULT_LEAF = "262979"


def children(category_id: str) -> list[Category]:
    """The categories right below one."""
    return [category for category in ALL.values() if category.parent == category_id]


def is_leaf(category_id: str) -> bool:
    """Whether items may be listed in a category."""
    return category_id in ALL and not children(category_id)


def required_aspects(category_id: str) -> list[str]:
    """The item specifics a page in a category must have."""
    category = ALL.get(category_id)
    return ["Brand"] if category is not None and "Brand" in category.aspects else []


def ancestors(category: Category) -> list[Category]:
    """The categories above one, nearest first, without the root."""
    found = []
    parent = category.parent
    while parent is not None and parent != ROOT:
        found.append(ALL[parent])
        parent = ALL[parent].parent
    return found


def suggestions(text: str) -> list[Category]:
    """Leaves whose name or ancestors share a word with the text, best first; the default leaf when none does."""
    words = {word.strip("s").lower() for word in text.split()}

    def shared(category: Category) -> int:
        names = " ".join([category.name, *(above.name for above in ancestors(category))])
        return len(words & {word.strip(",s").lower() for word in names.split()})

    leaves = [category for category in ALL.values() if is_leaf(category.category_id)]
    matching = sorted((leaf for leaf in leaves if shared(leaf)), key=lambda leaf: (-shared(leaf), leaf.category_id))
    return matching or [ALL[DEFAULT_LEAF]]


def node(category: Category, level: int) -> dict[str, Any]:
    """A category with all below it, as the taxonomy answers it."""
    below = children(category.category_id)
    answer: dict[str, Any] = {
        "category": {"categoryId": category.category_id, "categoryName": category.name},
        "categoryTreeNodeLevel": level,
    }
    if below:
        answer["childCategoryTreeNodes"] = [node(child, level + 1) for child in below]
    else:
        answer["leafCategoryTreeNode"] = True
    return answer


def aspect(name: str) -> dict[str, Any]:
    """One item specific, as the taxonomy answers it."""
    required = name == "Brand"
    return {
        "localizedAspectName": name,
        "aspectConstraint": {
            "aspectDataType": "STRING",
            "aspectMode": "FREE_TEXT",
            "aspectRequired": required,
            "aspectUsage": "RECOMMENDED",
            "aspectEnabledForVariations": not required,
            "aspectApplicableTo": ["PRODUCT"],
            "itemToAspectCardinality": "SINGLE",
            "aspectMaxLength": 65,
        },
    }
