"""The seller's message queue: three calls of Amazon SQS, signed with AWS Signature Version 4.

Source: docs/sources/amazon.md#queue
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from entrepot.channels.contract import AccessLost, Refused
from entrepot.channels.reading import optional, text
from entrepot.channels.transport import Transport, body

MESSAGES_A_CALL = 10
LONGEST_WAIT = timedelta(seconds=20)
HIDDEN_FOR = timedelta(seconds=120)  # long enough to store a batch of hints; then another reader gets the messages
AWS_HOST = re.compile(r"sqs\.([a-z0-9-]+)\.amazonaws\.com")


class Queue:
    """One queue. ``region`` may be empty where the address names it."""

    def __init__(
        self, transport: Transport, clock: Callable[[], datetime], *, url: str, region: str, access_key: str, secret_key: str
    ) -> None:
        parts = urlsplit(url)
        named = AWS_HOST.fullmatch(parts.netloc)
        owner_and_name = parts.path.strip("/").split("/")
        if not (region or named) or len(owner_and_name) != 2:
            raise AccessLost(f"“{url}” is no queue address; copy it from the AWS console, or give the region too", code="setting_wrong")
        self._transport = transport
        self._clock = clock
        self._url = url
        self._service = f"{parts.scheme}://{parts.netloc}/"
        self._region = region or (named.group(1) if named else "")
        self._keys = access_key, secret_key
        owner, name = owner_and_name
        self.arn = f"arn:aws:sqs:{self._region}:{owner}:{name}"

    def receive(self, wait: timedelta) -> list[tuple[str, str]]:
        """Up to ten waiting messages as (receipt handle, body); waits for the first one up to ``wait``, at most 20 s."""
        asked = {
            "MaxNumberOfMessages": MESSAGES_A_CALL,
            "WaitTimeSeconds": int(max(timedelta(0), min(wait, LONGEST_WAIT)).total_seconds()),
            "VisibilityTimeout": int(HIDDEN_FOR.total_seconds()),
        }
        answer = self._call("ReceiveMessage", asked)
        listed = optional(answer, "Messages")
        return [(text(message, "ReceiptHandle"), str(optional(message, "Body") or "")) for message in listed or []]

    def remove(self, handles: Sequence[str]) -> None:
        """Remove messages for good. One that AWS fails to remove comes again later, which changes nothing."""
        for start in range(0, len(handles), MESSAGES_A_CALL):
            entries = [{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(handles[start : start + MESSAGES_A_CALL])]
            self._call("DeleteMessageBatch", {"Entries": entries})

    def _call(self, action: str, asked: Mapping[str, Any]) -> Any:
        content = json.dumps({"QueueUrl": self._url, **asked}).encode()
        plain = {"content-type": "application/x-amz-json-1.0", "x-amz-target": f"AmazonSQS.{action}"}
        headers = signed("POST", self._service, plain, content, at=self._clock(), region=self._region, service="sqs", keys=self._keys)
        try:
            answer = self._transport.send(
                f"sqs{action}",
                "POST",
                self._service,
                headers=headers,
                content=content,
                expect=(200,),
                throttle_code=_is_throttled,
                access_lost=(),  # wrong queue keys cost the fast way only: orders are still polled
            )
        except Refused as no:
            raise Refused(f"the queue refused {action}: {no.message}", code="queue", status=no.status) from no
        return body(answer)


def signed(
    method: str, url: str, headers: Mapping[str, str], content: bytes, *, at: datetime, region: str, service: str, keys: tuple[str, str]
) -> dict[str, str]:
    """``headers`` with host, date and the signature of all of them. ``url`` has no query."""
    stamp = f"{at:%Y%m%dT%H%M%SZ}"
    parts = urlsplit(url)
    complete = {**{name.lower(): value for name, value in headers.items()}, "host": parts.netloc, "x-amz-date": stamp}
    names = ";".join(sorted(complete))
    lines = "".join(f"{name}:{complete[name].strip()}\n" for name in sorted(complete))
    request = "\n".join((method, parts.path or "/", "", lines, names, hashlib.sha256(content).hexdigest()))
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join(("AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()))
    access_key, secret_key = keys
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    complete["authorization"] = f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    return complete


def _is_throttled(response: httpx.Response) -> bool:
    """SQS answers 400, not 429, when calls come too fast; the code stands in ``__type``."""
    return response.status_code == 400 and (b"Throttl" in response.content or b"OverLimit" in response.content)
