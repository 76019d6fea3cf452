"""The queue's wire format: the JSON protocol of today's AWS clients, and the older query protocol.

Source: Amazon SQS API reference; AWS JSON protocol 1.0; AWS query protocol. The signature's access key is checked,
the signature itself is not: it covers the Host header, and the sandbox is reached under many names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from entrepot_sandbox.amazon.queue import MAX_VISIBILITY_S, BadReceipt, Message
from entrepot_sandbox.core.http import BadBody, Call, Json, Response, Route

if TYPE_CHECKING:
    from entrepot_sandbox.amazon.http import AmazonMarketplace

REGION = "eu-west-1"
ACCOUNT = "000000000000"
QUEUE_NAME = "entrepot-sandbox-orders"
ACCESS_KEY = "SANDBOXACCESSKEY"
SECRET_KEY = "sandbox-secret-access-key"  # noqa: S105 - opens this sandbox and nothing else
JSON_TYPE = "application/x-amz-json-1.0"
NAMESPACE = "http://queue.amazonaws.com/doc/2012-11-05/"
LONGEST_WAIT_S = 20
KEY = re.compile(r"Credential=([^/,\s]+)/")
INDEXED = re.compile(r"(.+?)\.(\d{1,6})(?:\.(.+))?")
LISTS = {
    "AttributeName": "AttributeNames",
    "MessageSystemAttributeName": "MessageSystemAttributeNames",
    "DeleteMessageBatchRequestEntry": "Entries",
}
DIGITS = 9
NUMBERS = ("MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds", "DelaySeconds")
XML_NAMES = {"Messages": "Message", "Successful": "DeleteMessageBatchResultEntry", "Failed": "BatchResultErrorEntry"}


class SqsError(Exception):
    """An error of the queue service."""

    def __init__(self, code: str, query_code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.query_code, self.message, self.status = code, query_code, message, status


class SqsApi:
    """One queue, as an SQS client sees it."""

    def __init__(self, market: AmazonMarketplace) -> None:
        self._market = market
        self._actions: Mapping[str, Callable[[Mapping[str, Any]], Json]] = {
            "ReceiveMessage": self._receive,
            "DeleteMessage": self._delete,
            "DeleteMessageBatch": self._delete_batch,
            "ChangeMessageVisibility": self._hide,
            "GetQueueUrl": self._queue_url,
            "GetQueueAttributes": self._attributes,
            "SendMessage": self._send,
            "PurgeQueue": self._purge,
        }

    def routes(self) -> Iterable[Route]:
        """The service address, and the queue's own, where old clients post."""
        return [
            Route("POST", "/", "sqs", self._answer, quota="", open=True),
            Route("POST", f"/{ACCOUNT}/{{queue}}", "sqs", self._answer, quota="", open=True),
        ]

    @property
    def queue_url(self) -> str:
        """The queue's address."""
        return f"{self._market.origin}/{ACCOUNT}/{QUEUE_NAME}"

    def _answer(self, call: Call) -> Response:
        target = call.request.headers.get("x-amz-target", "")
        as_json = target.startswith("AmazonSQS.")
        action = ""
        try:
            action, asked = (target.partition(".")[2], _object(call)) if as_json else _from_form(call)
            _check_key(call)
            if action not in self._actions:
                raise SqsError("InvalidAction", "InvalidAction", f"The action {action} is not valid for this endpoint.")
            self._check_queue(action, asked, call)
            result = self._actions[action](asked)
        except SqsError as error:
            return _json_error(error) if as_json else _xml_error(error)
        hold_s = _wait(asked) if action == "ReceiveMessage" and not result else 0.0
        if as_json:
            return Response(200, {"content-type": JSON_TYPE}, Response.json(result).body, hold_s=hold_s)
        return Response(200, {"content-type": "text/xml"}, _xml(action, result), hold_s=hold_s)

    def _check_queue(self, action: str, asked: Mapping[str, Any], call: Call) -> None:
        url = str(asked.get("QueueUrl", ""))
        name = asked.get("QueueName") if action == "GetQueueUrl" else call.params.get("queue") or url.rpartition("/")[2]
        if name != QUEUE_NAME:
            text = "The specified queue does not exist."
            raise SqsError("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", text)

    def _receive(self, asked: Mapping[str, Any]) -> Json:
        most = _number(asked, "MaxNumberOfMessages", 1, 1, 10)
        hidden = _number(asked, "VisibilityTimeout", self._market.queue.visibility_s, 0, MAX_VISIBILITY_S)
        names = {*_names(asked, "AttributeNames"), *_names(asked, "MessageSystemAttributeNames")}
        messages = [_message(message, names) for message in self._market.queue.receive(most, hidden)]
        return {"Messages": messages} if messages else {}

    def _delete(self, asked: Mapping[str, Any]) -> Json:
        try:
            self._market.queue.delete(str(asked.get("ReceiptHandle", "")))
        except BadReceipt as error:
            raise _bad_receipt() from error
        return {}

    def _delete_batch(self, asked: Mapping[str, Any]) -> Json:
        entries = asked.get("Entries")
        if not isinstance(entries, list) or not 1 <= len(entries) <= 10 or not all(isinstance(entry, dict) for entry in entries):
            raise SqsError("TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "1 to 10 entries.")
        done: list[Json] = []
        failed: list[Json] = []
        for entry in entries:
            try:
                self._market.queue.delete(str(entry.get("ReceiptHandle", "")))
                done.append({"Id": entry.get("Id")})
            except BadReceipt:
                failed.append({"Id": entry.get("Id"), "SenderFault": True, "Code": "ReceiptHandleIsInvalid", "Message": "bad handle"})
        return {"Successful": done, **({"Failed": failed} if failed else {})}

    def _hide(self, asked: Mapping[str, Any]) -> Json:
        try:
            self._market.queue.hide(str(asked.get("ReceiptHandle", "")), _number(asked, "VisibilityTimeout", 0, 0, MAX_VISIBILITY_S))
        except BadReceipt as error:
            raise _bad_receipt() from error
        return {}

    def _queue_url(self, asked: Mapping[str, Any]) -> Json:
        return {"QueueUrl": self.queue_url}

    def _attributes(self, asked: Mapping[str, Any]) -> Json:
        queue = self._market.queue
        visible, worked_on, delayed = queue.counts()
        every = {
            "ApproximateNumberOfMessages": str(visible),
            "ApproximateNumberOfMessagesNotVisible": str(worked_on),
            "ApproximateNumberOfMessagesDelayed": str(delayed),
            "CreatedTimestamp": str(int(queue.created_at.timestamp())),
            "VisibilityTimeout": str(queue.visibility_s),
            "ReceiveMessageWaitTimeSeconds": "0",
            "QueueArn": self._market.queue_arn,
        }
        names = _names(asked, "AttributeNames")
        return {"Attributes": every if "All" in names else {name: every[name] for name in names if name in every}}

    def _send(self, asked: Mapping[str, Any]) -> Json:
        message = self._market.queue.send(str(asked.get("MessageBody", "")), _number(asked, "DelaySeconds", 0, 0, 900))
        return {"MessageId": message.id, "MD5OfMessageBody": message.md5}

    def _purge(self, asked: Mapping[str, Any]) -> Json:
        self._market.queue.purge()
        return {}


def _message(message: Message, names: set[str]) -> Json:
    first = message.first_received_at or message.sent_at
    every = {
        "SenderId": ACCOUNT,
        "SentTimestamp": str(int(message.sent_at.timestamp() * 1000)),
        "ApproximateReceiveCount": str(message.received),
        "ApproximateFirstReceiveTimestamp": str(int(first.timestamp() * 1000)),
    }
    chosen = every if "All" in names else {name: every[name] for name in names if name in every}
    body = {"MessageId": message.id, "ReceiptHandle": message.receipt, "MD5OfBody": message.md5, "Body": message.body}
    return {**body, **({"Attributes": chosen} if chosen else {})}


def _wait(asked: Mapping[str, Any]) -> float:
    return float(_number(asked, "WaitTimeSeconds", 0, 0, LONGEST_WAIT_S))


def _number(asked: Mapping[str, Any], name: str, default: int, least: int, most: int) -> int:
    value = asked.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        text = f"Value {value} for parameter {name} is invalid. Reason: must be between {least} and {most}."
        raise SqsError("InvalidParameterValue", "InvalidParameterValue", text)
    return value


def _names(asked: Mapping[str, Any], name: str) -> list[str]:
    given = asked.get(name, [])
    return [str(entry) for entry in given] if isinstance(given, list) else []


def _bad_receipt() -> SqsError:
    return SqsError("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", "The input receipt handle is invalid.")


def _check_key(call: Call) -> None:
    found = KEY.search(call.request.headers.get("authorization", ""))
    if found is None:
        raise SqsError("MissingAuthenticationToken", "MissingAuthenticationToken", "The request must contain a signature.", 403)
    if found.group(1) != ACCESS_KEY:
        raise SqsError("InvalidClientTokenId", "InvalidClientTokenId", "The security token included in the request is invalid.", 403)


def _object(call: Call) -> dict[str, Any]:
    try:
        body = call.request.json()
    except BadBody as error:
        raise SqsError("SerializationException", "MalformedInput", str(error)) from error
    if not isinstance(body, dict):
        raise SqsError("SerializationException", "MalformedInput", "the body is an object")
    return body


def _from_form(call: Call) -> tuple[str, dict[str, Any]]:
    """The query protocol's flat fields as the JSON protocol names them."""
    form = call.request.form()
    asked: dict[str, Any] = {}
    entries: dict[int, dict[str, Any]] = {}
    for name, value in form.items():
        indexed = INDEXED.fullmatch(name)
        if indexed is None:
            number = name in NUMBERS and value.isascii() and value.isdigit() and len(value) <= DIGITS
            asked[name] = int(value) if number else value
        elif indexed.group(3):
            entries.setdefault(int(indexed.group(2)), {})[indexed.group(3)] = value
        else:
            asked.setdefault(LISTS.get(indexed.group(1), indexed.group(1)), []).append(value)
    if entries:
        asked["Entries"] = [entries[place] for place in sorted(entries)]
    return form.get("Action", ""), asked


def _json_error(error: SqsError) -> Response:
    headers = {"x-amzn-query-error": f"{error.query_code};Sender"}
    body = {"__type": f"com.amazonaws.sqs#{error.code}", "message": error.message}
    answer = Response.json(body, error.status, headers)
    return Response(answer.status, {**answer.headers, "content-type": JSON_TYPE}, answer.body)


def _xml_error(error: SqsError) -> Response:
    inside = f"<Type>Sender</Type><Code>{escape(error.query_code)}</Code><Message>{escape(error.message)}</Message><Detail/>"
    text = f'<?xml version="1.0"?><ErrorResponse xmlns="{NAMESPACE}"><Error>{inside}</Error><RequestId>0</RequestId></ErrorResponse>'
    return Response(error.status, {"content-type": "text/xml"}, text.encode(errors="replace"))


def _xml(action: str, result: Json) -> bytes:
    inside = "".join(_element(name, value) for name, value in result.items())
    body = f"<{action}Result>{inside}</{action}Result>" if result or action in ("ReceiveMessage", "GetQueueAttributes") else ""
    meta = "<ResponseMetadata><RequestId>0</RequestId></ResponseMetadata>"
    return f'<?xml version="1.0"?><{action}Response xmlns="{NAMESPACE}">{body}{meta}</{action}Response>'.encode(errors="replace")


def _element(name: str, value: Json) -> str:
    if name == "Attributes":
        return "".join(f"<Attribute>{_element('Name', key)}{_element('Value', text)}</Attribute>" for key, text in value.items())
    if isinstance(value, list):
        return "".join(_element(XML_NAMES.get(name, name), entry) for entry in value)
    if isinstance(value, dict):
        return f"<{name}>{''.join(_element(key, entry) for key, entry in value.items())}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"
