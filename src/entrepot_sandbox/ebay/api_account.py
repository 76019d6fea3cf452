"""Account API v1 on the wire: policies, programs, privileges.

Source: docs/sources/ebay.md#account
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from entrepot_sandbox.core.http import Call, Response, Route
from entrepot_sandbox.ebay import account
from entrepot_sandbox.ebay.errors import refused
from entrepot_sandbox.ebay.wire import NO_CONTENT, Api, body_of

PLURAL = {"fulfillment": "fulfillmentPolicies", "payment": "paymentPolicies", "return": "returnPolicies"}


class AccountApi(Api):
    """The seller's account."""

    base = "/sell/account/v1"
    bucket = "sell.account"

    def routes(self) -> list[Route]:
        routes = [
            self.route("GET", "/program/get_opted_in_programs", "getOptedInPrograms", self.programs),
            self.route("POST", "/program/opt_in", "optInToProgram", self.opt_in),
            self.route("POST", "/program/opt_out", "optOutOfProgram", self.opt_out),
            self.route("GET", "/privilege", "getPrivileges", self.privileges),
        ]
        for kind, plural in PLURAL.items():
            name, many, path = kind.capitalize(), plural[0].upper() + plural[1:], f"/{kind}_policy"
            create, one, policies = self.creating(kind), self.reading(kind), self.listing(kind)
            by_name, replace, delete = self.by_name(kind), self.replacing(kind), self.deleting(kind)
            routes += [
                self.route("GET", path, f"get{many}", policies),
                self.route("POST", path, f"create{name}Policy", create),
                self.route("POST", f"{path}/", f"create{name}Policy", create),
                self.route("GET", f"{path}/get_by_policy_name", f"get{name}PolicyByName", by_name),
                self.route("GET", f"{path}/{{policy}}", f"get{name}Policy", one),
                self.route("PUT", f"{path}/{{policy}}", f"update{name}Policy", replace),
                self.route("DELETE", f"{path}/{{policy}}", f"delete{name}Policy", delete),
            ]
        return routes

    def listing(self, kind: str) -> Callable[[Call], Response]:
        """The operation that lists the policies of a marketplace."""

        def answer(call: Call) -> Response:
            market = _marketplace(call)
            rows = [
                _policy_json(kind, policy_id, body)
                for policy_id, body in self.shop.policies[kind].items()
                if body["marketplaceId"] == market
            ]
            href = self.address(f"/{kind}_policy?marketplace_id={market}")
            return Response.json({"href": href, "total": len(rows), "limit": 100, "offset": 0, PLURAL[kind]: rows})

        return answer

    def by_name(self, kind: str) -> Callable[[Call], Response]:
        """The operation that finds a policy by its name."""

        def answer(call: Call) -> Response:
            market, name = _marketplace(call), call.request.first("name")
            for policy_id, body in self.shop.policies[kind].items():
                if (body["marketplaceId"], body["name"]) == (market, name):
                    return Response.json(_policy_json(kind, policy_id, body))
            raise refused(400, 20404, fieldName="name")

        return answer

    def reading(self, kind: str) -> Callable[[Call], Response]:
        """The operation that reads one policy."""
        return lambda call: Response.json(_policy_json(kind, call.params["policy"], account.policy(self.shop, kind, call.params["policy"])))

    def creating(self, kind: str) -> Callable[[Call], Response]:
        """The operation that creates a policy."""

        def answer(call: Call) -> Response:
            policy_id = account.create_policy(self.shop, kind, body_of(call))
            made = _policy_json(kind, policy_id, self.shop.policies[kind][policy_id])
            return Response.json({**made, "warnings": []}, 201, {"location": self.address(f"/{kind}_policy/{policy_id}")})

        return answer

    def replacing(self, kind: str) -> Callable[[Call], Response]:
        """The operation that replaces a policy."""

        def answer(call: Call) -> Response:
            policy_id = call.params["policy"]
            account.policy(self.shop, kind, policy_id)
            self.shop.policies[kind][policy_id] = account.checked_policy(self.shop, kind, body_of(call), policy_id)
            return Response.json({**_policy_json(kind, policy_id, self.shop.policies[kind][policy_id]), "warnings": []})

        return answer

    def deleting(self, kind: str) -> Callable[[Call], Response]:
        """The operation that deletes a policy."""

        def answer(call: Call) -> Response:
            account.delete_policy(self.shop, kind, call.params["policy"])
            return NO_CONTENT

        return answer

    def programs(self, call: Call) -> Response:
        return Response.json({"programs": [{"programType": program} for program in self.shop.programs]})

    def opt_in(self, call: Call) -> Response:
        program = _program(call)
        if program in self.shop.programs:
            raise refused(409, 20400, f"{program} already exists.")
        self.shop.programs.append(program)
        return Response.json({})

    def opt_out(self, call: Call) -> Response:
        program = _program(call)
        if program not in self.shop.programs:
            raise refused(404, 20404, fieldName="programType")
        self.shop.programs.remove(program)
        return Response.json({})

    def privileges(self, call: Call) -> Response:
        limit = {"amount": {"value": "1000000.0", "currency": "EUR"}, "quantity": 100_000}
        return Response.json({"sellerRegistrationCompleted": True, "sellingLimit": limit})


def _policy_json(kind: str, policy_id: str, body: dict[str, Any]) -> dict[str, Any]:
    return {f"{kind}PolicyId": policy_id, **body}


def _marketplace(call: Call) -> str:
    market = call.request.first("marketplace_id")
    if not market:
        raise refused(400, 20401, fieldName="marketplace_id")
    return market


def _program(call: Call) -> str:
    program = body_of(call).get("programType")
    if not isinstance(program, str) or program not in account.PROGRAMS:
        raise refused(400, 20403, fieldName="programType")
    return program
