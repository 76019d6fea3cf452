"""What every test may ask for. Settings are read after this file has said which database they are for."""

import os
import shutil
from collections.abc import Callable, Iterator

os.environ["DJANGO_SETTINGS_MODULE"] = "entrepot.app.settings"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's event loop runs in the thread that also uses the ORM

from tests import database

database.prepare_environment()

import django

django.setup()

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase

# A process of pytest-xdist inherits the environment, so there the settings were read before this file.
settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = database.NAME

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if CHROMIUM is None and item.get_closest_marker("browser"):
        pytest.skip(f"{item.name}: no Chromium is installed (Debian: apt-get install chromium)")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The database of this test process: cloned from the migrated template, dropped at the end."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        database.make()
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
        database.drop()


def _clear(self: TransactionTestCase) -> None:
    """Instead of Django's flush, which needs the right to truncate and loses what migrations wrote."""
    for alias in self._databases_names(include_mirrors=False):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT test_clear()")


TransactionTestCase._fixture_teardown = _clear  # type: ignore[method-assign]


@pytest.fixture
def connect(transactional_db: None) -> Iterator[Callable[..., psycopg.Connection]]:
    """`connect()` gives a psycopg connection of its own to the test database, as app; as many as you call for.

    What they commit is visible to all, and cleared after the test. Keywords go to psycopg: `connect(autocommit=True)`.
    """
    opened: list[psycopg.Connection] = []

    def one_more(**options: object) -> psycopg.Connection:
        opened.append(psycopg.connect(os.environ["DATABASE_URL"], **options))  # type: ignore[arg-type]
        return opened[-1]

    yield one_more
    for connection in opened:
        connection.close()


@pytest.fixture
def owner(transactional_db: None) -> Iterator[psycopg.Connection]:
    """A connection as the role that owns the tables, in autocommit: to look behind policies and to prepare what app may not."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection
