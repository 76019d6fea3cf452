"""X1: every address of the back office x every role, generated from the list of addresses."""

import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from entrepot.people.types import RIGHTS, Right, Role
from entrepot.web.access import DECLARED
from tests.web.world import World

ROLES = {
    "owner": Role.OWNER,
    "ops": Role.OPS,
    "finance": Role.FINANCE,
    "reader": Role.READ_ONLY,
    "store": Role.STORE,
    "distributor": Role.DISTRIBUTOR,
}


# RELIABILITY 4, the table of roles: what each address asks for. Reading is SEE; everything else stands here by name.
EXPECTED: dict[Right | None, set[str]] = {
    None: {"media", "sign-in", "sign-out", "language", "favicon"},
    Right.EDIT_PRODUCT: {
        "import-products", "import-preview", "import", "product-new", "product-edit", "product-archive", "product-kit", "product-publish", "product-recall", "picture-add", "picture-remove",
        "recall-approve", "recall-relist", "offers-change", "offer-price", "offer-approve", "offer-terms", "stock-policy", "stock-weights", "channel-send",
    },
    Right.ADJUST_STOCK: {"stock-adjust", "stock-safety", "location-pause"},
    Right.SHIP: {"order-ship", "order-cancel", "order-hold", "order-note", "order-assign", "alert-put-off"},
    Right.SEE_BUYER: {"order-buyer"},
    Right.MANAGE: {"connect", "channel-settings", "channel-state"},
}  # fmt: skip


def addresses() -> Iterator[tuple[str, str, object]]:
    """(name, address, view) of every page of the back office."""
    for entry in get_resolver().url_patterns:
        if isinstance(entry, URLResolver) and entry.namespace is None:
            for inner in entry.url_patterns:
                if isinstance(inner, URLResolver) and inner.namespace == "web":
                    for page in inner.url_patterns:
                        assert isinstance(page, URLPattern)
                        yield str(page.name), _filled(str(page.pattern)), page.callback


def _filled(pattern: str) -> str:
    return "/" + re.sub(r"<(\w+):\w+>", lambda m: {"uuid": str(uuid4()), "int": "1", "str": "ab"}[m.group(1)], pattern)


ALL = list(addresses())


def test_x1_the_list_of_addresses_is_not_empty() -> None:
    assert len(ALL) > 35


@pytest.mark.parametrize(("name", "address", "view"), ALL, ids=[name for name, _, _ in ALL])
def test_x1_every_address_declares_its_right(name: str, address: str, view: object) -> None:
    assert hasattr(view, DECLARED), f"{name} declares no right: decorate it with @needs(Right...) or @public"


def test_x1_every_address_asks_for_the_right_of_the_table() -> None:
    found: dict[Right | None, set[str]] = {}
    for name, _, view in ALL:
        found.setdefault(getattr(view, DECLARED), set()).add(name)
    reading = found.pop(Right.SEE)
    assert found == EXPECTED
    assert not reading & set().union(*EXPECTED.values())


@pytest.mark.django_db
@pytest.mark.parametrize("who", ROLES)
def test_x1_every_address_answers_only_the_roles_that_hold_its_right(who: str, signed_in: Callable[[str], Client]) -> None:
    """A POST to an unknown thing gets past the right (404, 405, a redirect) or stops at it (403); nothing in between."""
    client, held = signed_in(who), RIGHTS[ROLES[who]]
    wrong = []
    for name, address, view in ALL:
        right: Right | None = getattr(view, DECLARED)
        if right is None:
            continue
        for status in (client.get(address).status_code, client.post(address).status_code):
            if (status == 403) is (right in held):
                wrong.append((name, right, status))
    assert wrong == []


@pytest.mark.django_db
def test_x1_without_signing_in_every_page_leads_to_the_login(world: World) -> None:
    client = Client(SERVER_NAME="localhost")
    for name, address, view in ALL:
        if getattr(view, DECLARED) is not None:
            answer = client.get(address)
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/login/"), name


@pytest.mark.django_db
def test_x1_a_page_without_a_declared_right_is_refused(signed_in: Callable[[str], Client], settings: object) -> None:
    settings.ROOT_URLCONF = "tests.web.urls_with_a_forgotten_right"  # type: ignore[attr-defined]
    assert signed_in("owner").get("/forgotten/").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("who", ROLES)
def test_x1_the_lists_of_people_open_only_to_who_manages(who: str, signed_in: Callable[[str], Client]) -> None:
    expected = 200 if Right.MANAGE in RIGHTS[ROLES[who]] else 403
    for address in ("/admin/people/user/", "/admin/people/user/add/", "/admin/people/legalentity/", "/admin/inventory/location/"):
        assert signed_in(who).get(address).status_code == expected, address
