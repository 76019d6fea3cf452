"""The page of a recall: a person approves what the brake stopped, relists it, and takes the evidence along (P8, F17, X2)."""

from collections.abc import Callable

import pytest
from django.test import Client

from entrepot.base import clock
from entrepot.listings.models import Recall, RecallOffer
from entrepot.people.models import LegalEntity
from tests.evidence import rows_of, text_of
from tests.web.world import World

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]


def asked(world: World, client: Client) -> str:
    client.post(f"/products/{world.products['LANTERN']}/recall/", {"reason": "unsafe 起火"})
    return f"/recalls/{Recall.objects.get().public_id}/"


def recalled(world: World) -> list[bool]:
    return [world.offer(name, "HY-LAMP").recalled for name in world.accounts]


def test_p8_what_the_brake_stopped_is_approved_and_relisted_by_a_person(world: World, signed_in: SignedIn, settings: object) -> None:
    settings.RECALL_BRAKE_AN_HOUR = 2  # type: ignore[attr-defined]
    ops, owner = signed_in("ops"), signed_in("owner")
    page = asked(world, ops)
    assert "waits until a person confirms it" in ops.get(page).content.decode()
    assert "waits for a person" in text_of(ops.get(f"{page}evidence.pdf").content)
    assert recalled(world) == [False] * 3
    owner.post(f"{page}approve/")
    assert recalled(world) == [True] * 3
    text = text_of(ops.get(f"{page}evidence.pdf").content)
    assert "Asked for by ops," in text
    assert "Approved by owner," in text
    owner.post(f"{page}relist/")
    assert recalled(world) == [False] * 3
    assert "Put on sale again by owner," in text_of(ops.get(f"{page}evidence.pdf").content)


def test_p8_the_page_links_its_evidence_and_the_files_hold_every_offer(world: World, signed_in: SignedIn) -> None:
    ops = signed_in("ops")
    page = asked(world, ops)
    links = [f"{page}evidence.{kind}" for kind in ("csv", "pdf")]
    shown = ops.get(page).content.decode()
    assert all(f'href="{link}"' in shown for link in links)
    RecallOffer.objects.filter(offer__account=world.accounts["eBay DE"]).update(failure="shows 0, and is not ended", failed_at=clock.now())
    assert "since" in ops.get(page).content.decode()
    assert sorted(row["account"] for row in rows_of(ops.get(links[0]))) == ["Amazon DE", "Amazon US", "eBay DE"]
    text = text_of(ops.get(links[1]).content)
    assert all(words in text for words in ("Amazon DE", "Amazon US", "eBay DE", "起火", "Not confirmed (3)", "shows 0, and is not"))


def test_x2_who_does_not_see_the_recall_gets_neither_page_nor_files(world: World, signed_in: SignedIn) -> None:
    page = asked(world, signed_in("ops"))
    reader = world.users["reader"]
    assert [signed_in("reader").get(f"{page}evidence.{kind}").status_code for kind in ("csv", "pdf")] == [200, 200]
    assert signed_in("store").get(f"{page}evidence.pdf").status_code == 403
    assert Client(SERVER_NAME="localhost").get(f"{page}evidence.csv").status_code == 302
    assert signed_in("reader").post(f"{page}relist/").status_code == 403
    reader.own_products_only = True
    reader.save()
    assert [signed_in("reader").get(f"{page}{rest}").status_code for rest in ("", "evidence.csv", "evidence.pdf")] == [404] * 3


def test_x2_nobody_relists_a_recall_that_reaches_further_than_they_see(world: World, signed_in: SignedIn) -> None:
    page = asked(world, signed_in("owner"))
    world.users["ops"].legal_entities.set([LegalEntity.objects.get(name="Hanyu Inc.")])
    answer = signed_in("ops").post(f"{page}relist/", follow=True)
    assert "reaches offers that you do not see" in answer.content.decode()
    assert recalled(world) == [True] * 3
