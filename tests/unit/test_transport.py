"""The one way out to a channel: what may leave, when, and what each answer means."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from entrepot.channels.contract import AccessLost, ChannelError, Rate, Refused, Throttled, Transport, Unavailable
from entrepot.channels.transport import MAX_BODY, Bucket, Call

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
URL = "https://channel.example/thing"


def transport(
    answer: Any,
    *,
    clock: Callable[[], datetime] = lambda: NOW,
    log: Callable[[Call], None] = lambda call: None,
    patience: float = 0.05,
) -> Transport:
    def wire(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    client = httpx.Client(transport=httpx.MockTransport(wire))
    rates = {"quick": Rate(50, 3), "slow": Rate(0.01, 1), "pair": Rate(10, 2)}
    return Transport(limits=rates, clock=clock, log=log, client=client, patience=timedelta(seconds=patience))


def fine(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={})


def test_one_call_of_a_burst_is_kept_back_for_calls_that_travel_faster_than_those_before() -> None:
    bucket = Bucket(Rate(5, 5), at=0.0)
    assert [bucket.take(0.0) > 0 for _ in range(5)] == [False, False, False, False, True]


def test_a_burst_of_one_is_one_call() -> None:
    bucket = Bucket(Rate(1, 1), at=0.0)
    assert bucket.take(0.0) == 0
    assert bucket.take(0.25) == pytest.approx(0.75)


def test_callers_who_wait_leave_in_turn_and_none_twice_as_late_as_another() -> None:
    bucket = Bucket(Rate(5, 2), at=0.0)
    waits = [bucket.take(0.0, patience=1.0) for _ in range(8)]
    assert waits == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.2]), "beyond the patience nothing is taken"
    assert bucket.left(0.0) == pytest.approx(-5)
    assert bucket.left(10.0) == 1


def test_a_short_wait_for_the_quota_is_waited_and_a_long_one_told() -> None:
    running = transport(fine, clock=lambda: NOW + timedelta(seconds=time.monotonic()))
    for _ in range(4):
        running.send("quick", "GET", URL)
    running.send("slow", "GET", URL)
    with pytest.raises(Throttled) as caught:
        running.send("slow", "GET", URL)
    assert caught.value.retry_after is not None
    assert timedelta(seconds=90) < caught.value.retry_after <= timedelta(seconds=100)


def test_a_clock_that_stands_still_does_not_hold_a_call_forever() -> None:
    standing = transport(fine)
    with pytest.raises(Throttled):
        for _ in range(9):
            standing.send("quick", "GET", URL)


def test_F1_a_call_that_waits_while_another_is_refused_does_not_leave() -> None:
    sent, refuse = [], threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        if not refuse.is_set():
            return httpx.Response(200)
        return httpx.Response(429, headers={"retry-after": "60"})

    both = transport(answer, patience=5)
    both.send("pair", "GET", URL)
    refuse.set()
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            both.send("pair", "GET", URL)
        except Throttled as no:
            outcomes.append(no.message)

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert len(sent) == 2, "the first two; the third saw that the second was refused"
    assert sorted(outcomes) == ["our own quota for pair", "too many calls"]


def test_a_rate_the_channel_tells_replaces_the_published_one() -> None:
    now = [NOW]
    told = transport(fine, clock=lambda: now[0])
    told.send("slow", "GET", URL)
    told.set_rate("slow", 10.0)
    now[0] += timedelta(seconds=0.2)
    told.send("slow", "GET", URL)


def test_F1_after_a_refusal_nothing_leaves_before_the_time_told() -> None:
    now = [NOW]
    sent = []

    def refuse(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(429, headers={"retry-after": "30"})

    refusing = transport(refuse, clock=lambda: now[0])
    for _ in range(2):
        with pytest.raises(Throttled):
            refusing.send("quick", "GET", URL)
    assert len(sent) == 1
    now[0] += timedelta(seconds=31)
    with pytest.raises(Throttled):
        refusing.send("quick", "GET", URL)
    assert len(sent) == 2


@pytest.mark.parametrize(
    ("answer", "error", "sent"),
    [
        (httpx.ConnectError("refused"), Unavailable, False),
        (httpx.ConnectTimeout("slow"), Unavailable, False),
        (httpx.ReadTimeout("slow"), Unavailable, True),
        (httpx.RemoteProtocolError("cut"), Unavailable, True),
        (httpx.Response(500), Unavailable, True),
        (httpx.Response(401), AccessLost, None),
        (httpx.Response(403), AccessLost, None),
        (httpx.Response(404), Refused, None),
        (httpx.Response(302, headers={"location": "https://elsewhere.example"}), Unavailable, True),
        (httpx.Response(408), Unavailable, True),
        (httpx.Response(200, content=b"x" * (MAX_BODY + 1)), Unavailable, True),
    ],
    ids=["no connection", "slow connection", "F3 time-out", "F4 cut", "F2 500", "401", "403", "404", "redirect", "408", "F4 too large"],
)
def test_each_answer_is_one_of_the_five(answer: Any, error: type[ChannelError], sent: bool | None) -> None:
    calls: list[Call] = []
    with pytest.raises(error) as caught:
        transport(answer, log=calls.append).send("quick", "GET", URL)
    assert getattr(caught.value, "sent", None) is sent
    assert len(calls) == 1, "every call is in the log, the failed ones too"


@pytest.mark.parametrize(("status", "error"), [(400, AccessLost), (401, AccessLost), (403, Refused), (404, Refused), (503, Unavailable)])
def test_a_call_may_say_which_answers_mean_that_the_seller_must_sign_in(status: int, error: type[ChannelError]) -> None:
    with pytest.raises(error):
        transport(httpx.Response(status)).send("quick", "POST", URL, access_lost=(400, 401))
