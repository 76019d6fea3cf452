"""What keeps people from reaching too far, and from locking themselves out."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from entrepot.listings.models import Recall
from entrepot.people.models import Audit, User
from tests.web.world import PASSWORD, World

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]


def test_x2_nobody_delists_offers_on_accounts_they_do_not_see(world: World, signed_in: SignedIn) -> None:
    ops = world.users["ops"]
    User.objects.filter(pk=ops.pk).update(all_accounts=False)
    world.accounts["eBay DE"].users.add(ops)
    address = reverse("web:product-recall", args=[world.products["TENT"]])
    page = signed_in("ops").post(address, {"reason": "all of it"}, follow=True).content.decode()
    assert "accounts that you do not see" in page
    assert not Recall.objects.exists()


def test_a_zone_that_nobody_knows_shows_utc_and_the_form_says_how_to_write_it(world: World, signed_in: SignedIn) -> None:
    owner = world.users["owner"]
    User.objects.filter(pk=owner.pk).update(time_zone="Berlin")
    client = signed_in("owner")
    assert "UTC" in client.get("/").content.decode()
    page = client.get(reverse("admin:people_user_change", args=[owner.pk]))
    form = {**{name: value or "" for name, value in page.context["adminform"].form.initial.items()}, "time_zone": "Berlin"}
    form.update(legal_entities=[], last_login="", date_joined="")
    assert "Europe/Berlin" in client.post(reverse("admin:people_user_change", args=[owner.pk]), form).content.decode()


@pytest.mark.parametrize("change", [{"role": "ops"}, {"is_active": ""}])
def test_the_only_owner_stays_owner(change: dict[str, str], world: World, signed_in: SignedIn) -> None:
    owner = world.users["owner"]
    client = signed_in("owner")
    address = reverse("admin:people_user_change", args=[owner.pk])
    form = {"username": "owner", "role": "ops", "is_active": "on", "language": "en", "time_zone": "UTC", "all_accounts": "on"}
    form |= {"role": "owner"} | change
    assert "only owner" in client.post(address, form).content.decode()
    kept = User.objects.get(pk=owner.pk)
    assert (kept.role, kept.is_active) == ("owner", True)


def test_x8_the_audit_trail_says_that_a_name_changed_and_not_to_what(world: World, signed_in: SignedIn) -> None:
    ops = world.users["ops"]
    address = reverse("admin:people_user_change", args=[ops.pk])
    form = {
        "username": "ops",
        "first_name": "Canary",
        "role": "finance",
        "is_active": "on",
        "language": "en",
        "time_zone": "UTC",
        "all_accounts": "on",
    }
    assert signed_in("owner").post(address, form).status_code == 302
    row = Audit.objects.get(action="user.changed")
    assert (row.before["role"], row.after["role"]) == ("ops", "finance")
    assert "Canary" not in str(row.after)
    assert "first_name" in row.after


def test_p18_a_changed_password_is_in_the_audit_trail_without_its_words(world: World, signed_in: SignedIn) -> None:
    client = signed_in("owner")
    fresh = "lantern-orange-73"
    done = client.post(reverse("web:password"), {"old_password": PASSWORD, "new_password1": fresh, "new_password2": fresh})
    assert done.status_code == 302
    ops = world.users["ops"]
    address = reverse("admin:auth_user_password_change", args=[ops.pk])
    assert client.post(address, {"usable_password": "true", "password1": fresh, "password2": fresh}).status_code == 302
    rows = Audit.objects.filter(action="user.password_changed").order_by("id")
    assert [(row.subject, row.actor) for row in rows] == [("user:owner", "user:owner"), ("user:ops", "user:owner")]
    assert fresh not in str([(row.before, row.after) for row in rows])


def test_f48_a_picture_too_large_is_refused_before_it_is_read(world: World, signed_in: SignedIn) -> None:
    large = SimpleUploadedFile("large.png", b"0" * (11 * 2**20), "image/png")
    address = reverse("web:picture-add", args=[world.products["TENT"]])
    page = signed_in("ops").post(address, {"picture": large}, follow=True).content.decode()
    assert "The picture has 11 MB; at most 10 are taken." in page
