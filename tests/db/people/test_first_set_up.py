"""What `entrepot init` is told holds, also when the first start has written the row before."""

import io
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import RequestFactory

from entrepot.people.actions import create_user
from entrepot.people.admin import PersonAdmin
from entrepot.people.deployment import base_currency
from entrepot.people.models import Deployment, User
from entrepot.people.types import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def first_start() -> Iterator[None]:
    call_command("init", "--no-owner", stdout=io.StringIO())
    yield
    base_currency.cache_clear()


def test_the_time_zone_is_that_of_the_owner_and_of_who_comes_after() -> None:
    call_command("init", "--currency", "GBP", "--time-zone", "Europe/London", "--owner", "ann", stdout=io.StringIO())
    create_user("ben", role=Role.READ_ONLY, password=None, actor="test")
    assert Deployment.objects.values_list("base_currency", "time_zone", "demo").get() == ("GBP", "Europe/London", False)
    assert dict(User.objects.values_list("username", "time_zone")) == {"ann": "Europe/London", "ben": "Europe/London"}


def test_repeating_it_without_a_time_zone_leaves_it_and_the_demo_flag_can_follow() -> None:
    call_command("init", "--no-owner", "--time-zone", "Asia/Shanghai", stdout=io.StringIO())
    call_command("init", "--no-owner", "--demo", stdout=io.StringIO())
    call_command("init", "--no-owner", stdout=io.StringIO())
    assert Deployment.objects.values_list("time_zone", "demo").get() == ("Asia/Shanghai", True)


def test_a_time_zone_that_is_none_is_refused_and_changes_nothing() -> None:
    with pytest.raises(CommandError, match="Mars/Base"):
        call_command("init", "--no-owner", "--time-zone", "Mars/Base", stdout=io.StringIO())
    assert Deployment.objects.get().time_zone == "UTC"


def test_the_form_for_a_new_person_proposes_the_time_zone() -> None:
    call_command("init", "--no-owner", "--time-zone", "Asia/Shanghai", stdout=io.StringIO())
    form = PersonAdmin(User, admin.site)
    assert form.get_changeform_initial_data(RequestFactory().get("/"))["time_zone"] == "Asia/Shanghai"
