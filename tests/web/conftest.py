"""Signed-in clients over the small world of `world.build`."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client

from entrepot.people.deployment import base_currency
from tests.web import world as worlds

# The pages are asked as a browser behind no proxy would; the lock after ten tries is tested where it belongs.
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def plain_static_files(settings: object) -> None:
    settings.AXES_ENABLED = False  # type: ignore[attr-defined]


@pytest.fixture
def world(db: None) -> Iterator[worlds.World]:
    base_currency.cache_clear()
    yield worlds.build()
    base_currency.cache_clear()


@pytest.fixture
def signed_in(world: worlds.World) -> Callable[[str], Client]:
    """`signed_in("ops")` is a browser in which that person has signed in."""

    def sign_in(name: str) -> Client:
        client = Client(SERVER_NAME="localhost")
        client.force_login(world.users[name], backend=BACKEND)
        assert settings.SESSION_COOKIE_NAME in client.cookies
        return client

    return sign_in
