"""Taxonomy API v1 and the developers' Analytics API on the wire: categories, item specifics, quotas.

Source: docs/sources/ebay.md#taxonomy
"""

from __future__ import annotations

from typing import Any

from entrepot_sandbox.core.clock import iso
from entrepot_sandbox.core.http import Call, Response, Route
from entrepot_sandbox.ebay import categories
from entrepot_sandbox.ebay.categories import ALL, ROOT, TREE_VERSION, TREES, Category
from entrepot_sandbox.ebay.errors import refused
from entrepot_sandbox.ebay.wire import Api

DAY_S = 86_400


class TaxonomyApi(Api):
    """Categories and their item specifics; the same small tree under every marketplace's id."""

    base = "/commerce/taxonomy/v1"
    bucket = "commerce.taxonomy"

    def routes(self) -> list[Route]:
        tree = "/category_tree/{tree}"
        return [
            self.route("GET", "/get_default_category_tree_id", "getDefaultCategoryTreeId", self.default_tree),
            self.route("GET", tree, "getCategoryTree", self.whole_tree),
            self.route("GET", f"{tree}/get_category_subtree", "getCategorySubtree", self.subtree),
            self.route("GET", f"{tree}/get_category_suggestions", "getCategorySuggestions", self.suggest),
            self.route("GET", f"{tree}/get_item_aspects_for_category", "getItemAspectsForCategory", self.aspects),
        ]

    def default_tree(self, call: Call) -> Response:
        market = call.request.first("marketplace_id")
        if not market:
            raise refused(400, 62002)
        if market not in TREES:
            raise refused(400, 62003)
        return Response.json({"categoryTreeId": TREES[market], "categoryTreeVersion": TREE_VERSION})

    def whole_tree(self, call: Call) -> Response:
        tree_id = _tree(call)
        markets = [market for market, other in TREES.items() if other == tree_id]
        answer = {"applicableMarketplaceIds": markets, "rootCategoryNode": categories.node(ALL[ROOT], 0)}
        return Response.json({**_version(tree_id), **answer})

    def subtree(self, call: Call) -> Response:
        tree_id, category = _tree(call), _category(call)
        level = len(categories.ancestors(category)) + 1
        return Response.json({**_version(tree_id), "categorySubtreeNode": categories.node(category, level)})

    def suggest(self, call: Call) -> Response:
        tree_id, text = _tree(call), call.request.first("q")
        if not text:
            raise refused(400, 62007)
        found = [self._suggestion(tree_id, category) for category in categories.suggestions(text)]
        return Response.json({**_version(tree_id), "categorySuggestions": found})

    def _suggestion(self, tree_id: str, category: Category) -> dict[str, Any]:
        above = categories.ancestors(category)
        here = f"/category_tree/{tree_id}/get_category_subtree?category_id="
        return {
            "category": {"categoryId": category.category_id, "categoryName": category.name},
            "categoryTreeNodeLevel": len(above) + 1,
            "categoryTreeNodeAncestors": [
                {
                    "categoryId": parent.category_id,
                    "categoryName": parent.name,
                    "categoryTreeNodeLevel": len(above) - place,
                    "categorySubtreeNodeHref": self.address(f"{here}{parent.category_id}"),
                }
                for place, parent in enumerate(above)
            ],
        }

    def aspects(self, call: Call) -> Response:
        _tree(call)
        category = _category(call)
        if not categories.is_leaf(category.category_id):
            raise refused(400, 62009)
        return Response.json({"aspects": [categories.aspect(name) for name in category.aspects]})


def _tree(call: Call) -> str:
    if call.params["tree"] not in TREES.values():
        raise refused(404, 62004)
    return call.params["tree"]


def _version(tree_id: str) -> dict[str, str]:
    return {"categoryTreeId": tree_id, "categoryTreeVersion": TREE_VERSION}


def _category(call: Call) -> Category:
    category_id = call.request.first("category_id")
    if not category_id:
        raise refused(400, 62006)
    if category_id not in ALL:
        raise refused(400, 62005)
    return ALL[category_id]


class AnalyticsApi(Api):
    """How much of each quota is left. Asking does not use any of them but its own."""

    base = "/developer/analytics/v1_beta"
    bucket = "developer.analytics"

    def routes(self) -> list[Route]:
        return [
            self.route("GET", path, operation, self.limits)
            for path, operation in (
                ("/rate_limit/", "getRateLimits"),
                ("/rate_limit", "getRateLimits"),
                ("/user_rate_limit/", "getUserRateLimits"),
                ("/user_rate_limit", "getUserRateLimits"),
            )
        ]

    def limits(self, call: Call) -> Response:
        context, name = call.request.first("api_context"), call.request.first("api_name")
        rows = [
            row
            for row in map(self._row, self.market.limits)
            if context in (None, "", row["apiContext"]) and name in (None, "", row["apiName"])
        ]
        return Response.json({"rateLimits": rows}) if rows else Response(204)

    def _row(self, bucket: str) -> dict[str, Any]:
        context, _, name = bucket.partition(".")
        level = self.market.quotas.level(bucket, self.market.client_id)
        assert level is not None
        rate = {"limit": level.limit, "remaining": level.left, "reset": iso(level.full_at), "timeWindow": DAY_S}
        version = "v1_beta" if context == "developer" else "v1"
        resources = [{"name": bucket, "rates": [rate]}]
        return {"apiContext": context, "apiName": name, "apiVersion": version, "resources": resources}
