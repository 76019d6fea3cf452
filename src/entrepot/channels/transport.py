"""The one way out to a channel: quota, time-outs, size limit, call log, and five errors.

One ``Transport`` serves one account and is shared by its loops (thread-safe). It sends a request once: whether to
try again is decided by the loop that asked, from the error's type. Only the token refresh is repeated here (F5).
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

MAX_BODY = 20 * 1024 * 1024
LONGEST_WAIT = timedelta(days=1)  # whatever a Retry-After says


# --- five errors -------------------------------------------------------------------------------------------------


class ChannelError(Exception):
    """The base of the five; never raised itself. ``message`` is fit for the call log: no secret, no buyer."""

    def __init__(self, message: str = "", *, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Throttled(ChannelError):
    """Too many calls. Wait ``retry_after`` (None: the channel did not say)."""

    def __init__(self, retry_after: timedelta | None = None, message: str = "too many calls") -> None:
        super().__init__(message, code="throttled")
        self.retry_after = retry_after


class Unavailable(ChannelError):
    """The channel is down or did not answer; try later. ``sent``: the request may have been carried out (F3)."""

    def __init__(self, message: str = "no answer", *, sent: bool = True, code: str = "unavailable") -> None:
        super().__init__(message, code=code)
        self.sent = sent


class Refused(ChannelError):
    """This request will never pass as it is."""

    def __init__(self, message: str, *, code: str = "", status: int = 400, errors: Any = None) -> None:
        super().__init__(message, code=code)
        self.status = status
        self.errors = errors


class AccessLost(ChannelError):
    """The seller must sign in again; not retried."""


class Unreadable(ChannelError):
    """The answer is not what the channel documents: ``path`` says where."""

    def __init__(self, path: str, message: str = "") -> None:
        super().__init__(message or f"the answer cannot be read at {path}", code="unreadable")
        self.path = path


# --- quota -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rate:
    """``per_second`` refills up to ``burst``; ``per_day`` None where the channel counts no days."""

    per_second: float
    burst: int
    per_day: int | None = None


class Bucket:
    """A token bucket for one operation of one account. Not thread-safe by itself.

    One call of the burst is kept back: calls travel at different speeds, so the channel may see two of ours nearer
    together than they left, and would refuse the second.
    """

    def __init__(self, rate: Rate, at: float) -> None:
        self.rate = rate
        self.size = float(max(1, rate.burst - 1))
        self.tokens = self.size
        self.at = at
        self.blocked_until = 0.0

    def take(self, at: float, patience: float = 0.0) -> float:
        """Seconds to wait before a call may leave. Its token is taken already, so that callers who wait leave in turn;
        when the wait is longer than ``patience`` nothing is taken.
        """
        self.tokens = self.left(at)
        self.at = at
        wait = max(0.0, (1 - self.tokens) / self.rate.per_second, self.blocked_until - at)
        if wait <= patience:
            self.tokens -= 1
        return wait

    def left(self, at: float) -> float:
        """Calls that could leave; below 0 while callers wait whose tokens are taken."""
        return min(self.size, self.tokens + (at - self.at) * self.rate.per_second)

    def refused(self, at: float, retry_after: float) -> None:
        """The channel said no: it counts otherwise than we do. Empty the bucket and wait."""
        self.tokens = 0.0
        self.at = at
        self.blocked_until = at + retry_after


# --- the call ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Call:
    """One line of the call log; bodies are redacted by the log, not here."""

    operation: str
    method: str
    url: str
    status: int  # 0: no answer
    error: str
    started_at: datetime
    took_ms: int
    request: bytes
    answer: bytes
    request_id: str


class Transport:
    """Sends the requests of one account."""

    def __init__(
        self,
        *,
        limits: Mapping[str, Rate],
        clock: Callable[[], datetime],
        log: Callable[[Call], None],
        client: httpx.Client | None = None,
        proxy: str | None = None,
        patience: timedelta = timedelta(seconds=2),
    ) -> None:
        """``patience``: a quota wait up to this long is waited here; a longer one is raised as Throttled."""
        self._limits = limits
        self._clock = clock
        self._log = log
        self._client = client or httpx.Client(
            proxy=proxy,
            timeout=httpx.Timeout(30.0, connect=5.0),
            limits=httpx.Limits(max_connections=8),
            follow_redirects=False,
        )
        self._patience = patience.total_seconds()
        self._buckets: dict[str, Bucket] = {}
        self._lock = threading.Lock()
        self._idle = threading.Event()  # never set: waiting on it is a sleep that a turned clock may replace

    def quota_left(self) -> dict[str, tuple[float, int]]:
        """Operation -> (calls that could leave now, calls that could leave at most), of the operations used so far."""
        at = self._clock().timestamp()
        with self._lock:
            return {name: (max(0.0, bucket.left(at)), int(bucket.size)) for name, bucket in self._buckets.items()}

    def set_rate(self, operation: str, per_second: float) -> None:
        """The channel told the rate this account really has; it replaces the published default."""
        with self._lock:
            bucket = self._buckets.get(operation)
            if bucket is not None and per_second > 0 and bucket.rate.per_second != per_second:
                bucket.rate = replace(bucket.rate, per_second=per_second)

    def send(
        self,
        operation: str,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        content: bytes | None = None,
        auth: tuple[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        expect: tuple[int, ...] = (200, 201, 202, 204, 207),
        throttle_code: Callable[[httpx.Response], bool] | None = None,
        access_lost: tuple[int, ...] = (401, 403),
    ) -> httpx.Response:
        """The channel's answer when its status is in ``expect``.

        ``access_lost``: the statuses that mean the seller must sign in again. It stops the whole account, so calls that
        the account can do without, and those whose refusal says something else, name their own.
        Raises: Throttled (quota, here or there), Unavailable (no or a broken answer, 3xx, 408, 5xx), AccessLost, Refused
        (any other status). The errors' texts hold the status, never a secret.
        """
        self._take(operation)
        started, begun = self._clock(), self._clock().timestamp()
        request = self._client.build_request(method, url, headers=headers, params=params, json=json, content=content, data=form)
        response: httpx.Response | None = None
        error = ""
        try:
            try:
                response = self._receive(request, auth)
            except httpx.ConnectError as no:
                raise Unavailable(f"cannot connect to {request.url.host}", sent=False) from no
            except (httpx.ConnectTimeout, httpx.PoolTimeout) as no:
                raise Unavailable("no connection in time", sent=False) from no
            except httpx.HTTPError as broken:
                raise Unavailable(f"the answer broke off ({type(broken).__name__})") from broken
            if response.status_code == 429 or (throttle_code is not None and throttle_code(response)):
                wait = retry_after(response.headers, self._clock())
                self._throttled(operation, wait)
                raise Throttled(wait)
            if response.status_code in expect:
                return response
            raise _error(response, access_lost)
        except ChannelError as no:
            error = f"{type(no).__name__}: {no.message}"
            raise
        finally:
            self._log(
                Call(
                    operation=operation,
                    method=method,
                    url=str(request.url.copy_with(query=None)),
                    status=response.status_code if response is not None else 0,
                    error=error,
                    started_at=started,
                    took_ms=max(0, round((self._clock().timestamp() - begun) * 1000)),
                    request=request.content[:8192] if form is None else b"",
                    answer=response.content[:8192] if response is not None and form is None else b"",
                    request_id=_request_id(response),
                )
            )

    def close(self) -> None:
        self._client.close()

    def _receive(self, request: httpx.Request, auth: tuple[str, str] | None) -> httpx.Response:
        """The whole answer, refused when it grows over MAX_BODY (F4) so that memory stays bounded."""
        response = self._client.send(request, stream=True, auth=auth or httpx.USE_CLIENT_DEFAULT)
        try:
            received = bytearray()
            for chunk in response.iter_bytes():
                received += chunk
                if len(received) > MAX_BODY:
                    raise Unavailable(f"the answer is larger than {MAX_BODY >> 20} MB")
        finally:
            response.close()
        # The body is decoded already; the stored response must not decode it again.
        headers = [(k, v) for k, v in response.headers.multi_items() if k.lower() not in ("content-encoding", "transfer-encoding")]
        return httpx.Response(response.status_code, headers=headers, content=bytes(received), request=request)

    def _take(self, operation: str) -> None:
        rate = self._limits.get(operation)
        if rate is None:
            return
        with self._lock:
            at = self._clock().timestamp()
            bucket = self._buckets.setdefault(operation, Bucket(rate, at))
            wait, blocked = bucket.take(at, self._patience), bucket.blocked_until
        if wait > self._patience:
            raise Throttled(timedelta(seconds=wait), f"our own quota for {operation}")
        if wait > 0:
            self._idle.wait(wait)
            if bucket.blocked_until != blocked:  # another call was refused meanwhile
                rest = max(0.0, bucket.blocked_until - self._clock().timestamp())
                raise Throttled(timedelta(seconds=rest), f"our own quota for {operation}")

    def _throttled(self, operation: str, wait: timedelta | None) -> None:
        with self._lock:
            bucket = self._buckets.get(operation)
            if bucket is not None:
                pause = wait.total_seconds() if wait is not None else max(1.0, 1 / bucket.rate.per_second)
                bucket.refused(self._clock().timestamp(), min(pause, 3600.0))


def retry_after(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """The header Retry-After, in seconds or as a date; None when absent or not understood."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]*)?", text):
        return min(timedelta(seconds=float(text)), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(timedelta(0), (at if at.tzinfo else at.replace(tzinfo=UTC)) - now), LONGEST_WAIT)


def body(response: httpx.Response) -> Any:
    """The JSON of an answer.

    Raises: Unreadable for anything else: HTML, cut JSON, nothing (F4). What was received stands in the call log.
    """
    try:
        return response.json()
    except (ValueError, RecursionError):
        kind = response.headers.get("content-type", "no content type")
        raise Unreadable("$", f"expected JSON, got {kind} ({len(response.content)} bytes)") from None


def _error(response: httpx.Response, access_lost: tuple[int, ...]) -> ChannelError:
    code, message, errors = _first_error(response)
    status = response.status_code
    text = f"{status} {code}: {message}".strip(" :")
    if status in access_lost:
        return AccessLost(text, code=code)
    if status < 400 or status == 408 or status >= 500:  # a page for maintenance, a slow line: no word on the request itself
        return Unavailable(text, code=code or "unavailable")
    return Refused(text, code=code, status=status, errors=errors)


def _first_error(response: httpx.Response) -> tuple[str, str, Any]:
    """Code, message and the whole list of an ``errors`` document, the shape that Amazon and eBay share."""
    try:
        document = response.json()
    except (ValueError, RecursionError):
        return "", response.reason_phrase, None
    errors = document.get("errors") if isinstance(document, dict) else None
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        first = errors[0]
        return str(first.get("code") or first.get("errorId") or ""), str(first.get("longMessage") or first.get("message") or ""), errors
    if isinstance(document, dict) and isinstance(document.get("error"), str):
        return document["error"], str(document.get("error_description", "")), None
    return "", response.reason_phrase, None


def _request_id(response: httpx.Response | None) -> str:
    if response is None:
        return ""
    for name in ("x-amzn-requestid", "x-amzn-request-id", "rlogid", "x-request-id"):
        if name in response.headers:
            return response.headers[name][:120]
    return ""
