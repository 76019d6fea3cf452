"""Real HTTP in front of the marketplaces: one event loop, one port a channel, no locks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from typing import Any
from urllib.parse import parse_qsl

import httpx
import uvicorn

from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.events import Delivery
from entrepot_sandbox.core.http import Request, Response
from entrepot_sandbox.core.marketplace import Channel, Marketplace

GROUP = "entrepot_sandbox.channels"
FIRST_PORT = 4010
MAX_BODY = 12 * 1024 * 1024
TICK_S = 0.02


def channels(names: Sequence[str] = ()) -> list[Channel]:
    """The installed channels, by name; all when none is named."""
    found = {entry.name: entry for entry in entry_points(group=GROUP)}
    unknown = [name for name in names if name not in found]
    if unknown:
        raise SystemExit(f"no sandbox for {', '.join(unknown)}; installed: {', '.join(sorted(found))}")
    return [found[name].load() for name in (names or sorted(found))]


def open_socket(port: int) -> socket.socket:
    """A listening socket on loopback at that port, or at the next free one; 0 takes any."""
    while True:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # else asyncio leaves Nagle on: 40 ms a call
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(512)
            return listener
        except OSError:
            listener.close()
            if not 0 < port < 65535:
                raise
            port += 1


class App:
    """One marketplace as an ASGI application."""

    def __init__(self, market: Marketplace) -> None:
        self.market = market
        self.stopping = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = await _body(receive)
        if body is None:
            errors = [{"code": "PayloadTooLarge", "errorId": 413, "message": f"a body has at most {MAX_BODY} bytes"}]
            await _send(Response.json({"errors": errors}, 413), receive, send, head=False)
            return
        request = Request(
            scope["method"],
            scope["raw_path"].decode("latin-1"),
            tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
            {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            body,
        )
        response = self.market.handle(request)
        if response.hold_s and self.market.clock.speed:  # a stopped clock brings nothing, however long one waits
            response = await self._held(request, response, receive)
        await _send(response, receive, send, head=request.method == "HEAD")

    async def _held(self, request: Request, response: Response, receive: Any) -> Response:
        """Ask again until there is something, the time is over, or the reader has gone: what nobody waits for stays in the queue."""
        until = time.monotonic() + response.hold_s
        gone = asyncio.ensure_future(receive())
        while response.hold_s and time.monotonic() < until and not gone.done() and not self.stopping:
            await asyncio.sleep(TICK_S)
            if not gone.done():
                response = self.market.handle(request)
        gone.cancel()
        return response


async def _body(receive: Any) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        size += len(message.get("body", b""))
        if size <= MAX_BODY:
            parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts) if size <= MAX_BODY else None


async def _send(response: Response, receive: Any, send: Any, *, head: bool) -> None:
    if response.drop:
        # ASGI has no word for hanging up; uvicorn's request cycle, which `send` belongs to, holds the connection.
        send.__self__.transport.abort()
        await receive()
        return
    headers = {"content-length": str(len(response.body)), **response.headers}
    if response.status == 204:
        headers.pop("content-length")
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    if response.cut is None:
        await send({"type": "http.response.body", "body": b"" if head else response.body})
        return
    await send({"type": "http.response.body", "body": response.body[: response.cut], "more_body": True})
    await asyncio.sleep(TICK_S)
    send.__self__.transport.close()
    await receive()


class Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the process around it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Sandbox:
    """All marketplaces of one process, on their ports."""

    def __init__(self, wanted: Sequence[Channel], *, port_base: int = FIRST_PORT, seed: int = 1, lang: str = "en") -> None:
        self.markets: list[Marketplace] = []
        self._sockets: list[socket.socket] = []
        port = port_base
        for channel in wanted:
            market = channel.open(Clock.real(), seed)
            listener = open_socket(port)
            taken = int(listener.getsockname()[1])
            market.origin = f"http://127.0.0.1:{taken}"
            market.lang = lang
            self.markets.append(market)
            self._sockets.append(listener)
            port = taken + 1 if port_base else 0
        self._apps = [App(market) for market in self.markets]
        self._servers = [Server(_config(app)) for app in self._apps]
        for market in self.markets:
            market.neighbors = {other.label: other.origin for other in self.markets}

    def facts(self) -> dict[str, Any]:
        """The dict that `--json` prints."""
        return {"channels": {market.name: market.facts() for market in self.markets}}

    async def serve(self) -> None:
        """Serve until `stop`."""
        tasks = [
            asyncio.create_task(server.serve(sockets=[listener])) for server, listener in zip(self._servers, self._sockets, strict=True)
        ]
        pulse = asyncio.create_task(self._pulse())
        try:
            await asyncio.gather(*tasks)
        finally:
            pulse.cancel()

    def stop(self) -> None:
        """Let `serve` end; safe from a signal handler or another thread."""
        for app, server in zip(self._apps, self._servers, strict=True):
            app.stopping = server.should_exit = True

    def ready(self) -> bool:
        """Whether every port answers."""
        return all(server.started for server in self._servers)

    async def _pulse(self) -> None:
        """Let due things happen though nobody asks, and post what is in the outboxes."""
        posting: set[asyncio.Task[None]] = set()
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            while True:
                for market in self.markets:
                    market.clock.catch_up()
                    for delivery in market.outbox.take():
                        task = asyncio.create_task(_post(client, market, delivery))
                        posting.add(task)
                        task.add_done_callback(posting.discard)
                await asyncio.sleep(TICK_S)


async def _post(client: httpx.AsyncClient, market: Marketplace, delivery: Delivery) -> None:
    try:
        answer = await client.post(delivery.url, content=delivery.body, headers=dict(delivery.headers))
        ok = 200 <= answer.status_code < 300
    except httpx.HTTPError:
        ok = False
    market.outbox.report(delivery, ok=ok)


def _config(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        http="h11",
        loop="asyncio",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=60,
    )


@contextlib.contextmanager
def running(*names: str, seed: int = 1, port_base: int = 0) -> Iterator[dict[str, Any]]:
    """A sandbox in a thread of this process, for tests; gives the dict that `--json` prints."""
    sandbox = Sandbox(channels(names), port_base=port_base, seed=seed)
    thread = threading.Thread(target=lambda: asyncio.run(sandbox.serve()), daemon=True, name="sandbox")
    thread.start()
    try:
        while not sandbox.ready():
            if not thread.is_alive():
                raise RuntimeError("the sandbox did not start")
            time.sleep(0.005)
        yield sandbox.facts()
    finally:
        sandbox.stop()
        thread.join(timeout=10)


def run(*, as_json: bool, port_base: int, seed: int, lang: str) -> None:
    """Serve all channels in the foreground until SIGTERM or Ctrl-C."""
    sandbox = Sandbox(channels(), port_base=port_base, seed=seed, lang=lang)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sandbox.stop())
    if as_json:
        print(json.dumps(sandbox.facts()), flush=True)
    else:
        for market in sandbox.markets:
            print(f"{market.label}: {market.origin}", file=sys.stdout, flush=True)
    asyncio.run(sandbox.serve())
