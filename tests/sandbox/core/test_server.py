import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from entrepot_sandbox.core import server
from entrepot_sandbox.core.faults import HUGE_BYTES


@pytest.fixture(scope="module")
def amazon() -> Iterator[dict[str, Any]]:
    with server.running("amazon") as facts:
        yield facts["channels"]["amazon"]


@pytest.fixture
def api(amazon: dict[str, Any]) -> Iterator[httpx.Client]:
    form = {name: amazon[name] for name in ("client_id", "client_secret", "refresh_token")}
    token = httpx.post(amazon["token_url"], data={"grant_type": "refresh_token", **form}, trust_env=False).json()
    headers = {"x-amz-access-token": token["access_token"]}
    httpx.post(f"{amazon['control_url']}/reset", json={"seed": 1}, trust_env=False)
    with httpx.Client(base_url=amazon["url"], headers=headers, trust_env=False, timeout=20) as client:
        yield client


def fault(api: httpx.Client, **asked: Any) -> None:
    assert api.post("/_sandbox/faults", json=asked).status_code == 200


ORDERS = "/orders/2026-01-01/orders?createdAfter=2026-01-01T00:00:00Z"


def test_the_host_header_does_not_matter(api):
    assert api.get(ORDERS, headers={"host": "27.0.0.1:1"}).json()["orders"] == []


def test_the_control_plane_buys_and_shows(api, amazon):
    sku = api.get("/_sandbox/world").json()["listings"][0]["sku"]
    assert "order_id" in httpx.post(f"{amazon['control_url']}/buy", json={"sku": sku, "quantity": 1}, trust_env=False).json()
    assert api.get("/_sandbox/world").json()["orders"][0]["sku"] == sku


def test_f3_the_connection_is_really_dropped(api):
    sku = api.get("/_sandbox/world").json()["listings"][0]["sku"]
    fault(api, fault="F3", operation="searchOrders")
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        api.get(ORDERS)
    assert api.get(ORDERS).status_code == 200
    assert api.post("/_sandbox/buy", json={"sku": sku, "quantity": 1}).status_code == 200


def test_f4_the_connection_is_cut_in_the_middle_of_the_body(api):
    fault(api, fault="F4", operation="searchOrders", how="cut")
    with pytest.raises(httpx.RemoteProtocolError):
        api.get(ORDERS)
    assert api.get(ORDERS).status_code == 200


def test_f4_a_body_of_fifty_megabytes(api):
    fault(api, fault="F4", operation="searchOrders", how="huge")
    with api.stream("GET", ORDERS) as answer:
        assert int(answer.headers["content-length"]) > HUGE_BYTES


def test_a_held_read_ends_when_there_is_something_to_read(api, amazon):
    signed = f"AWS4-HMAC-SHA256 Credential={amazon['sqs_access_key']}/20260302/eu-west-1/sqs/aws4_request"
    headers = {"x-amz-target": "AmazonSQS.ReceiveMessage", "authorization": signed}
    send = {"QueueUrl": amazon["sqs_queue_url"], "MessageBody": "hello"}
    read = {"QueueUrl": amazon["sqs_queue_url"], "WaitTimeSeconds": 20}
    sender = threading.Timer(
        0.3,
        lambda: httpx.post(f"{amazon['url']}/", json=send, headers={**headers, "x-amz-target": "AmazonSQS.SendMessage"}, trust_env=False),
    )
    sender.start()
    before = time.monotonic()
    answer = api.post("/", json=read, headers=headers).json()
    assert answer["Messages"][0]["Body"] == "hello"
    assert time.monotonic() - before < 15
    sender.join()


def test_what_a_reader_who_left_waited_for_stays_in_the_queue(api, amazon):
    signed = f"AWS4-HMAC-SHA256 Credential={amazon['sqs_access_key']}/20260302/eu-west-1/sqs/aws4_request"
    headers = {"authorization": signed}
    queue = {"QueueUrl": amazon["sqs_queue_url"]}
    receive, send = ({**headers, "x-amz-target": f"AmazonSQS.{action}"} for action in ("ReceiveMessage", "SendMessage"))
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{amazon['url']}/", json={**queue, "WaitTimeSeconds": 20}, headers=receive, timeout=0.2, trust_env=False)
    time.sleep(0.2)
    api.post("/", json={**queue, "MessageBody": "still here"}, headers=send)
    time.sleep(0.1)
    assert api.post("/", json=queue, headers=receive).json()["Messages"][0]["Body"] == "still here"


def test_a_port_that_is_taken_is_left_alone():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with server.running("amazon", port_base=taken) as facts:
            port = int(facts["channels"]["amazon"]["url"].rpartition(":")[2])
            assert port > taken


def test_a_notification_is_posted_and_posted_again_when_it_fails():
    seen: list[bytes] = []
    arrived = [threading.Event(), threading.Event()]

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(500 if len(seen) == 1 else 204)
            self.end_headers()
            arrived[len(seen) - 1].set()

        def log_message(self, *_: Any) -> None:
            pass

    hook = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    sandbox = server.Sandbox(server.channels(["amazon"]), port_base=0)
    market = sandbox.markets[0]
    thread = threading.Thread(target=lambda: asyncio.run(sandbox.serve()), daemon=True)
    thread.start()
    try:
        market.outbox.post("ORDER", f"http://127.0.0.1:{hook.server_port}/hook", b'{"order":1}', {"content-type": "application/json"})
        assert arrived[0].wait(10)
        until = time.monotonic() + 10
        while not arrived[1].is_set() and time.monotonic() < until:
            httpx.post(f"{market.origin}/_sandbox/clock", json={"advance_s": 5}, trust_env=False)
            arrived[1].wait(0.1)
        assert seen == [b'{"order":1}', b'{"order":1}']
    finally:
        sandbox.stop()
        thread.join(10)
        hook.shutdown()


def test_the_command_prints_one_line_and_serves_until_it_is_told_to_stop():
    command = [sys.executable, "-m", "entrepot_sandbox", "--json", "--port-base", "24010"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        facts = json.loads(process.stdout.readline())["channels"]
        assert {"amazon", "ebay"} <= set(facts)
        for channel in facts.values():
            assert channel["url"].count("/") == 2
            world = httpx.get(f"{channel['control_url']}/world", trust_env=False).json()
            assert set(world) == {"listings", "orders"}
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert process.stdout.read() == ""
