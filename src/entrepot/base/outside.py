"""Addresses that users give us: only public ones over https, resolved once and then used as they were checked (X3).

A picture, feed or webhook address may point at this machine, at a cloud's metadata service or at a name that changes
between check and use. So the name is resolved here, every address it has must be public, the connection goes to that very
address, and a redirect is a new address with the same checks.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import httpx
from django.utils.translation import gettext

from entrepot.base import clock
from entrepot.base.errors import UserError

MOST_BYTES = 10 * 1024 * 1024
MOST_SECONDS = 20.0
MOST_REDIRECTS = 3
MOST_CHARACTERS = 500
INSIDE_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")
_NAT64 = IPv6Network("64:ff9b::/96")

Resolve = Callable[[str, int], Sequence[str]]


class AddressRefused(UserError):
    """We do not call this address; the text says what is wrong with it."""

    code = "address_refused"


class NotFetched(UserError):
    """The address may be called, but what it answered is no use."""

    code = "not_fetched"


@dataclass(frozen=True)
class Fetched:
    """What stood at an address; ``url`` after redirects, ``mime`` without parameters."""

    url: str
    mime: str
    content: bytes


def check_address(url: str, *, inside: bool = False) -> SplitResult:
    """The parts of an address that may be called, as far as this can be told without the network.

    ``inside``: plain http and addresses of this machine too, for the demo. Raises: AddressRefused.
    """
    text = url.strip()
    if len(text) > MOST_CHARACTERS or any(ord(sign) <= 32 or ord(sign) == 127 for sign in text):
        raise AddressRefused(
            gettext("“{text}” is no address: it holds blanks or is longer than {most} characters.").format(
                text=text[:80], most=MOST_CHARACTERS
            )
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise AddressRefused(gettext("“{text}” is no address. Give https://host/path.").format(text=text[:80])) from None
    if parts.scheme != "https" and not (inside and parts.scheme == "http"):
        raise AddressRefused(gettext("“{text}” does not begin with https://. Give an https address.").format(text=text[:80]))
    if parts.username is not None or not parts.hostname or port == 0:
        raise AddressRefused(gettext("“{text}” names no host, or holds a user name. Give https://host/path.").format(text=text[:80]))
    if not inside:
        _refuse_inside(parts.hostname)
    return parts


def fetch(
    url: str,
    *,
    most_bytes: int = MOST_BYTES,
    seconds: float = MOST_SECONDS,
    inside: bool = False,
    resolve: Resolve | None = None,
) -> Fetched:
    """What stands at a user's address, at most ``most_bytes`` in at most ``seconds``.

    Raises: AddressRefused, also for a redirect that leads inside; NotFetched for any other failure.
    """
    deadline = clock.monotonic() + seconds
    for _ in range(MOST_REDIRECTS + 1):
        parts = check_address(url, inside=inside)
        address = resolved(parts, inside=inside, resolve=resolve or _addresses)
        try:
            found = _get(parts, address, most_bytes, deadline)
        except httpx.HTTPError as failure:
            raise NotFetched(
                gettext("{host} did not answer: {failure}. Check the address, or try again later.").format(
                    host=parts.hostname, failure=type(failure).__name__
                )
            ) from failure
        if isinstance(found, Fetched):
            return found
        url = urljoin(urlunsplit(parts), found)
    raise NotFetched(
        gettext("{host} redirects more than {most} times. Give the address where it ends.").format(host=parts.hostname, most=MOST_REDIRECTS)
    )


def resolved(parts: SplitResult, *, inside: bool, resolve: Resolve) -> str:
    """The one address to connect to. Every address of the name must be public, not only the one taken. Raises: AddressRefused."""
    host = parts.hostname or ""
    try:
        addresses = resolve(host, parts.port or (443 if parts.scheme == "https" else 80))
    except OSError:
        addresses = []
    if not addresses:
        raise AddressRefused(gettext("There is no host {host}. Check the address.").format(host=host))
    for address in addresses:
        if not inside and not is_public(address):
            raise AddressRefused(
                gettext("{host} lies inside a private network ({address}). Give a public address.").format(host=host, address=address)
            )
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is on the open internet, also when an IPv4 address hides in it."""
    ip = ip_address(address.partition("%")[0])
    return all(each.is_global and not each.is_multicast for each in (ip, *_hidden(ip)))


def _hidden(ip: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return []
    found = [hidden for hidden in (ip.ipv4_mapped, ip.sixtofour) if hidden is not None]
    return [*found, IPv4Address(int(ip) & 0xFFFFFFFF)] if ip in _NAT64 else found


def _refuse_inside(host: str) -> None:
    name = host.lower().rstrip(".")
    try:
        outside = is_public(name)
    except ValueError:  # a name, not an IP address
        outside = "." in name and not any(name == inside.lstrip(".") or name.endswith(inside) for inside in INSIDE_NAMES)
    if not outside:
        raise AddressRefused(gettext("{host} lies inside a private network. Give a public address.").format(host=host))


def _addresses(host: str, port: int) -> list[str]:
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _get(parts: SplitResult, address: str, most_bytes: int, deadline: float) -> Fetched | str:
    """The answer of exactly this address, or where it redirects to."""
    host = f"[{address}]" if ":" in address else address
    pinned = parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host, fragment="")
    headers = {"Host": parts.netloc, "User-Agent": "Entrepot", "Accept-Encoding": "identity"}
    timeout = httpx.Timeout(max(0.1, min(5.0, deadline - clock.monotonic())))
    with (
        httpx.Client(trust_env=False, timeout=timeout) as client,
        client.stream("GET", urlunsplit(pinned), headers=headers, extensions={"sni_hostname": parts.hostname}) as answer,
    ):
        if answer.is_redirect:
            return answer.headers["location"]
        if answer.status_code != 200 or answer.headers.get("content-encoding", "identity") != "identity":
            raise NotFetched(gettext("{host} answered {status}. Check the address.").format(host=parts.hostname, status=answer.status_code))
        content = bytearray()
        for piece in answer.iter_raw():
            content += piece
            if len(content) > most_bytes:
                raise NotFetched(
                    gettext("What {host} sends is larger than {most} KB. Give a smaller file.").format(
                        host=parts.hostname, most=f"{most_bytes // 1024:,}"
                    )
                )
            if clock.monotonic() > deadline:
                raise NotFetched(gettext("{host} is too slow. Try again later.").format(host=parts.hostname))
        return Fetched(urlunsplit(parts), answer.headers.get("content-type", "").partition(";")[0].strip().lower(), bytes(content))
