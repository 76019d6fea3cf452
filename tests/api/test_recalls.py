"""A recall by program: braked, approved by somebody else, relisted; its evidence as CSV and PDF (P8, F17, F25, F49)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from entrepot.base import clock
from entrepot.listings.models import Recall, RecallOffer
from entrepot.people.models import LegalEntity
from entrepot.people.types import Right
from tests.api.conftest import Program
from tests.evidence import rows_of, text_of
from tests.web.world import World

pytestmark = pytest.mark.django_db
STEPS = {"zero_accepted_at": 2, "zero_at": 4, "accepted_at": 6, "gone_at": 8}


@pytest.fixture
def braked(world: World, ops: Program, settings: object) -> str:
    settings.RECALL_BRAKE_AN_HOUR = 2  # type: ignore[attr-defined]
    made = ops.post("/recalls", {"skus": ["HY-LAMP"], "reason": "safety"}).json()
    assert made["needs_approval"]
    return f"/recalls/{made['id']}"


@pytest.fixture
def half_done(world: World, ops: Program) -> str:
    """Two of three channels confirmed, eBay does not answer."""
    made = ops.post("/recalls", {"skus": ["HY-LAMP"], "reason": "=battery 起火"}).json()
    asked = Recall.objects.get().asked_at
    gone = RecallOffer.objects.exclude(offer__account=world.accounts["eBay DE"])
    gone.update(**{name: asked + timedelta(seconds=seconds) for name, seconds in STEPS.items()})
    rest = RecallOffer.objects.filter(offer__account=world.accounts["eBay DE"])
    rest.update(failure="the channel has not confirmed anything", failed_at=datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC))
    return f"/recalls/{made['id']}"


def test_p8_the_brake_asks_somebody_else_than_the_program_that_asked(
    world: World, ops: Program, program: Callable[..., Program], braked: str
) -> None:
    refused = ops.post(f"{braked}/approve")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert not world.offer("eBay DE", "HY-LAMP").recalled
    owner = program("owner")
    approved = owner.post(f"{braked}/approve")
    assert (approved.status_code, approved.json()["needs_approval"]) == (200, False)
    assert [world.offer(name, "HY-LAMP").recalled for name in world.accounts] == [True] * 3
    assert owner.post(f"{braked}/approve").status_code == 409
    assert owner.post(f"{braked}/relist").json() == {"changed": 3}
    assert not world.offer("eBay DE", "HY-LAMP").recalled
    text = text_of(owner.get(f"{braked}/evidence", format="pdf").content)
    assert "Asked for by token:ops/test" in text
    assert "Approved by token:owner/test" in text
    assert "Put on sale again by token:owner/test" in text


def test_p8_the_csv_has_a_row_an_offer_with_every_step_in_utc(world: World, ops: Program, half_done: str) -> None:
    answer = ops.get(f"{half_done}/evidence")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert ".csv" in answer.headers["Content-Disposition"]
    rows = {row["account"]: row for row in rows_of(answer)}
    assert set(rows) == {"eBay DE", "Amazon DE", "Amazon US"}
    asked = Recall.objects.get().asked_at
    for name in ("Amazon DE", "Amazon US"):
        steps = ("zero_accepted_at", "zero_at", "end_accepted_at", "gone_at")
        assert [rows[name][step] for step in steps] == [(asked + timedelta(seconds=s)).isoformat() for s in STEPS.values()]
        assert (rows[name]["confirmed"], rows[name]["failure"]) == ("yes", "")
    late = rows["eBay DE"]
    assert (late["confirmed"], late["gone_at"], late["zero_at"]) == ("no", "", "")
    assert (late["failure"], late["failed_at"]) == ("the channel has not confirmed anything", "2031-05-06T07:08:09+00:00")
    assert late["asked_at"] == asked.isoformat()


def test_f49_the_csv_runs_no_formula(ops: Program, half_done: str) -> None:
    assert {row["reason"] for row in rows_of(ops.get(f"{half_done}/evidence", format="csv"))} == {"'=battery 起火"}


def test_p8_the_pdf_says_what_who_when_and_what_is_not_confirmed(world: World, ops: Program, half_done: str) -> None:
    answer = ops.get(f"{half_done}/evidence", format="pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    text, row = text_of(answer.content), Recall.objects.get()
    for words in (str(row.public_id), "=battery", "起火", "token:ops/test", f"{row.deadline_at:%Y-%m-%d %H:%M:%S} UTC", "Made"):
        assert words in text
    assert "1 offer is not confirmed yet." in text
    missing, confirmed = text.split("Read back as gone (2)")
    assert "Not confirmed (1)" in missing
    assert "eBay DE" in missing
    assert "the channel has not confirmed anything" in missing
    assert "2031-05-06" in missing
    assert "07:08:09" in missing
    assert "Amazon DE" in confirmed
    assert "Amazon US" in confirmed
    assert "eBay DE" not in confirmed
    gone = row.asked_at + timedelta(seconds=STEPS["gone_at"])
    assert confirmed.count(f"{gone:%H:%M:%S}") >= 2


def test_the_pdf_is_in_the_language_of_the_caller(ops: Program, half_done: str) -> None:
    RecallOffer.objects.update(gone_at=clock.now())
    answer = ops.send("GET", f"{half_done}/evidence?format=pdf", **{"Accept-Language": "zh-Hans"})
    assert "渠道" in text_of(answer.content)


def test_f25_the_evidence_is_for_those_who_see_the_recall_and_says_what_it_leaves_out(
    world: World, program: Callable[..., Program], half_done: str
) -> None:
    assert program("ops", {Right.EXPORT}).get(f"{half_done}/evidence").status_code == 403
    assert program("reader").get(f"{half_done}/evidence").status_code == 200
    assert program("reader").post(f"{half_done}/approve").status_code == 403
    world.users["owner"].legal_entities.set([LegalEntity.objects.get(name="Hanyu Inc.")])
    us_only = program("owner")
    assert [row["account"] for row in rows_of(us_only.get(f"{half_done}/evidence"))] == ["Amazon US"]
    text = text_of(us_only.get(f"{half_done}/evidence", format="pdf").content)
    assert "eBay DE" not in text
    assert "does not see" in text
    assert us_only.post(f"{half_done}/relist").status_code == 403
    world.users["ops"].own_products_only = True
    world.users["ops"].save()
    own_only = program("ops")
    assert [own_only.get(f"{half_done}/evidence", format=kind).status_code for kind in ("csv", "pdf")] == [404, 404]
    assert program("reader").get(f"{half_done}/evidence", format="xlsx").status_code == 422
