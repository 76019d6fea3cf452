"""The moves of a fulfillment order are exactly those of the state machine's page (HO1, DOMAIN 4)."""

import itertools
import re

import pytest

from entrepot.fulfillment.types import NEXT, WorkState
from tests.shared import SHARED

FINAL = {"delivered", "collected", "rejected", "expired", "failed", "restocked", "lost"}


def test_every_state_has_its_row_and_final_ones_lead_nowhere():
    assert set(NEXT) == set(WorkState)
    assert {state.value for state, nexts in NEXT.items() if not nexts} == FINAL


def test_every_state_is_reached_and_every_way_ends():
    reached = {WorkState.REQUESTED}
    while more := {to for state in reached for to in NEXT[state]} - reached:
        reached |= more
    assert reached == set(WorkState)


def test_the_table_says_what_the_page_says():
    if SHARED is None:
        pytest.skip("test_the_table_says_what_the_page_says: the design's folder is not here")
    block = (SHARED / "DOMAIN.md").read_text().split("## 4.")[1].split("```")[1]
    page: set[tuple[str, str]] = set()
    for chain in re.split(r"\n|  {3,}", re.sub(r"\([^)]*\)", "", block)):
        steps = [[word.strip() for word in re.split(r"[|/]", part)] for part in chain.split("→")]
        page |= {(a, b) for before, after in itertools.pairwise(steps) for a in before for b in after}
    # "shipped → lost | returned_to_sender → restocked": what is lost does not come back
    page -= {("lost", "restocked")}
    assert {(state.value, to.value) for state, nexts in NEXT.items() for to in nexts} == page
