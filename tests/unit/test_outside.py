"""Addresses that users give us (X3)."""

import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from entrepot.base import outside


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png",
        "ftp://example.com/a.png",
        "//example.com/a.png",
        "https://",
        "https://user:secret@example.com/a.png",
        "https://example.com/a b.png",
        "https://example.com:0/a.png",
        "https://example.com:99999/a.png",
        "https://localhost/a.png",
        "https://printer.local/a.png",
        "https://metadata.google.internal/a",
        "https://intranet/a.png",
        "https://127.0.0.1/a.png",
        "https://10.1.2.3/a.png",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/a.png",
        "https://[::ffff:10.0.0.1]/a.png",
        "https://[fd00::1]/a.png",
        "https://example.com/" + "a" * 500,
    ],
)
def test_x3_only_public_https_addresses_are_taken(url: str) -> None:
    with pytest.raises(outside.AddressRefused):
        outside.check_address(url)


def test_x3_a_public_address_is_taken() -> None:
    assert outside.check_address(" https://cdn.example.com:8443/a/b.png?x=1 ").hostname == "cdn.example.com"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1",
     "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "ff02::1"],
)  # fmt: skip
def test_x3_addresses_inside_are_not_public_in_whatever_dress(address: str) -> None:
    assert not outside.is_public(address)


def test_x3_addresses_outside_are_public() -> None:
    assert outside.is_public("93.184.216.34")
    assert outside.is_public("2606:2800:220:1:248:1893:25c8:1946")


def test_x3_a_name_that_leads_inside_is_refused_after_it_is_resolved() -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34", "10.0.0.7"]

    with pytest.raises(outside.AddressRefused, match=r"lies inside a private network \(10.0.0.7\)"):
        outside.fetch("https://rebound.example.com/a.png", resolve=resolve)


def test_x3_numbers_that_hide_an_address_inside_are_refused() -> None:
    for host in ("2130706433", "0x7f.1", "017700000001", "127.1"):
        with pytest.raises(outside.AddressRefused):
            outside.fetch(f"https://{host}/")


class _Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/picture":
            return self._answer(200, b"png" * 100, **{"Content-Type": "image/png; charset=x"})
        if self.path == "/inside":
            return self._answer(302, b"", Location="http://metadata.test:1/secret")
        if self.path == "/round":
            return self._answer(302, b"", Location="/round")
        if self.path == "/large":
            return self._answer(200, b"x" * 200_000)
        if self.path == "/host":
            return self._answer(200, (self.headers["Host"] or "").encode())
        if self.path == "/slow":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            for _ in range(20):
                self.wfile.write(b"x" * 10)
                self.wfile.flush()
                time.sleep(0.05)
            return None
        return self._answer(404, b"")

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://shop.test:{httpd.server_address[1]}"
    httpd.shutdown()


def here(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"] if host == "shop.test" else []


def test_x3_a_page_is_fetched_from_the_address_that_was_checked(server: str) -> None:
    found = outside.fetch(f"{server}/picture", inside=True, resolve=here)
    assert (found.mime, found.content, found.url) == ("image/png", b"png" * 100, f"{server}/picture")
    assert outside.fetch(f"{server}/host", inside=True, resolve=here).content.decode() == server.removeprefix("http://")


def test_x3_a_redirect_is_checked_like_a_new_address(server: str) -> None:
    with pytest.raises(outside.AddressRefused, match=r"no host metadata\.test"):
        outside.fetch(f"{server}/inside", inside=True, resolve=here)
    with pytest.raises(outside.NotFetched, match="redirects more than"):
        outside.fetch(f"{server}/round", inside=True, resolve=here)


def test_x3_size_and_time_are_limited(server: str) -> None:
    with pytest.raises(outside.NotFetched, match="larger than"):
        outside.fetch(f"{server}/large", inside=True, resolve=here, most_bytes=100_000)
    with pytest.raises(outside.NotFetched, match="too slow"):
        outside.fetch(f"{server}/slow", inside=True, resolve=here, seconds=0.2)
    with pytest.raises(outside.NotFetched, match="answered 404"):
        outside.fetch(f"{server}/nothing", inside=True, resolve=here)
