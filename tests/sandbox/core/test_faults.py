import json

import pytest

from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.events import Outbox
from entrepot_sandbox.core.faults import HUGE_BYTES, FaultPlan, UnknownFault, changed, fault_from, spoiled
from entrepot_sandbox.core.http import Response

ANSWER = Response.json({"orders": [{"id": "1", "title": "Zelt, größer"}]})


def plan(*faults: dict) -> FaultPlan:
    planned = FaultPlan()
    for fault in faults:
        planned.add(fault_from(fault))
    return planned


def test_a_fault_hits_the_next_n_calls_of_its_operation():
    faults = plan({"fault": "F1", "operation": "search", "times": 2, "retry_after_s": 7})
    assert faults.draw("get") == ()
    assert [fault.retry_after_s for fault in faults.draw("search")] == [7]
    assert len(faults.draw("search")) == 1
    assert faults.draw("search") == ()
    assert faults.thrown == {"F1": 2}


def test_a_fault_for_every_operation_leaves_those_that_are_hit_by_name():
    faults = plan({"fault": "F2", "operation": "*", "times": 1})
    assert faults.draw("token", by_name=True) == ()
    assert len(faults.draw("anything")) == 1
    assert faults.draw("anything") == ()


def test_a_fault_may_begin_after_some_calls_and_last_until_cleared():
    faults = plan({"fault": "F5", "operation": "search", "times": None, "after": 1})
    assert faults.draw("search") == ()
    assert all(len(faults.draw("search")) == 1 for _ in range(50))
    faults.clear()
    assert faults.draw("search") == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"fault": "F99"},
        {"fault": "F3", "how": "politely"},
        {"fault": "F1", "times": 0},
        {"fault": "F1", "times": True},
        {"fault": "F1", "retry_after_s": -1},
        {"fault": "F1", "after": "2"},
        {},
    ],
)
def test_a_fault_that_is_not_known_is_refused(wrong):
    with pytest.raises(UnknownFault):
        fault_from(wrong)


def test_f3_the_answer_is_lost():
    assert spoiled(ANSWER, fault_from({"fault": "F3"})).drop
    assert spoiled(ANSWER, fault_from({"fault": "F3", "how": "504"})).status == 504


def test_f4_the_answer_is_broken_in_every_way():
    def broken(how: str) -> Response:
        return spoiled(ANSWER, fault_from({"fault": "F4", "how": how}))

    assert broken("cut").cut == len(ANSWER.body) // 2
    with pytest.raises(json.JSONDecodeError):
        broken("truncated").parsed()
    assert broken("html").headers["content-type"] == "text/html"
    assert broken("empty").body == b""
    with pytest.raises(UnicodeDecodeError):
        broken("charset").parsed()
    assert len(broken("huge").body) > HUGE_BYTES


def test_f7_notifications_come_twice_late_out_of_order_or_never():
    faults = plan({"fault": "F7", "operation": "ORDER", "how": "duplicate"})
    assert faults.draw("ORDER") == ()
    assert faults.delivery_delays("ORDER", 1) == [1, 1]
    assert faults.delivery_delays("ORDER", 1) == [1]
    assert plan({"fault": "F7", "how": "late"}).delivery_delays("ORDER", 1) == [1 + 25 * 3600]
    assert plan({"fault": "F7", "how": "reorder", "delay_s": 30}).delivery_delays("ORDER", 1) == [31]
    assert plan({"fault": "F7", "how": "lost"}).delivery_delays("ORDER", 1) == []


def test_a_post_that_fails_is_tried_three_times_more_and_then_given_up():
    clock = Clock.virtual()
    outbox = Outbox(clock, FaultPlan())
    outbox.post("ORDER", "http://seller.example/hook", b"{}", {}, delay_s=2)
    assert outbox.take() == []
    clock.advance(2)
    for attempt in range(1, 5):
        (delivery,) = outbox.take()
        assert delivery.attempt == attempt
        outbox.report(delivery, ok=False)
        clock.advance(600)
    assert outbox.take() == []
    assert len(outbox.given_up) == 1
    assert outbox.delivered == 0


def test_a_post_that_arrived_is_not_repeated():
    clock = Clock.virtual()
    outbox = Outbox(clock, FaultPlan())
    outbox.post("ORDER", "http://seller.example/hook", b"{}", {})
    (delivery,) = outbox.take()
    outbox.report(delivery, ok=True)
    clock.advance(86_400)
    assert outbox.take() == []
    assert outbox.delivered == 1


def test_f11_the_answer_has_another_shape():
    answer = Response.json({"orders": [{"id": "1", "state": "NEW", "quantity": 2, "gift": True}]})

    def newer(how: str, field: str = "") -> dict:
        return changed(answer, fault_from({"fault": "F11", "how": how, "field": field})).parsed()["orders"][0]

    assert newer("field")["addedLater"]
    assert newer("null", "state")["state"] is None
    assert newer("enum", "state")["state"] == "NEVER_SEEN_BEFORE"
    assert (newer("text")["quantity"], newer("text")["gift"]) == ("2", True)
    page = Response.html("<p>1</p>")
    assert changed(page, fault_from({"fault": "F11"})) == page
