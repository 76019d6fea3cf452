"""What all operations share on the wire: bodies in, answers and refusals out, pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from entrepot_sandbox.core.http import Call, Handler, Response, Route
from entrepot_sandbox.ebay.errors import Refused, refused

if TYPE_CHECKING:
    from entrepot_sandbox.ebay.http import Ebay
    from entrepot_sandbox.ebay.shop import Shop

T = TypeVar("T")
NO_CONTENT = Response(204)
DIGITS = 9


class Api:
    """One API of the marketplace: a base path, a quota bucket, and its operations."""

    base: str
    bucket: str

    def __init__(self, market: Ebay) -> None:
        self.market = market

    @property
    def shop(self) -> Shop:
        return self.market.shop

    def routes(self) -> list[Route]:
        """The operations of the API."""
        raise NotImplementedError

    def route(self, method: str, path: str, operation: str, handler: Handler) -> Route:
        """One operation under the base path; a refusal raised in it becomes the marketplace's error answer."""
        return Route(method, self.base + path, operation, answering(handler), quota=self.bucket)

    def address(self, path: str) -> str:
        """The full address of something under the base path."""
        return f"{self.market.origin}{self.base}{path}"


def answering(handler: Handler) -> Handler:
    """The handler, with refusals turned into answers."""

    def answer(call: Call) -> Response:
        try:
            return handler(call)
        except Refused as refusal:
            return refusal_answer(refusal)

    return answer


def refusal_answer(refusal: Refused) -> Response:
    """A refusal as the marketplace answers it."""
    return Response.json({"errors": refusal.json()}, refusal.status)


def body_of(call: Call) -> dict[str, Any]:
    """The request's body, a JSON object.

    Raises: Refused 2004 when it is something else, BadBody when it is no JSON.
    """
    body = call.request.json()
    if not isinstance(body, dict):
        raise refused(400, 2004)
    return body


def entries_of(call: Call, name: str, most: int, too_many: int) -> list[dict[str, Any]]:
    """The objects of a bulk request.

    Raises: Refused when there are none or more than `most`.
    """
    entries = body_of(call).get(name)
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise refused(400, 25709, fieldName=name)
    if len(entries) > most:
        raise refused(400, too_many, str(most))
    return entries


def locale_of(call: Call) -> str:
    """The language of the fields sent, from the header every write of texts needs.

    Raises: Refused 25709 without it.
    """
    language = call.request.headers.get("content-language", "")
    if len(language) != 5 or language[2] not in "-_":
        raise refused(400, 25709, fieldName="header Content-Language")
    return language.replace("-", "_")


def whole(call: Call, name: str, default: int, low: int, high: int, error_id: int) -> int:
    """A whole number of the query within bounds.

    Raises: Refused with `error_id` when it is something else.
    """
    text = call.request.first(name)
    if text is None or text == "":
        return default
    if not text.isascii() or not text.isdecimal() or len(text) > DIGITS or not low <= int(text) <= high:
        raise refused(400, error_id, f"{name}={text}", fieldValue=text)
    return int(text)


def query(parameters: Mapping[str, Any]) -> str:
    """A query string of the parameters that have a value."""
    return urlencode({name: value for name, value in parameters.items() if value not in (None, "")})


def shown_page(call: Call, rows: Sequence[T], start: int, limit: int) -> tuple[Sequence[T], int | None]:
    """A page and where the next one starts; F6 gives the page before or after, or a next page that is this one."""
    fault = call.fault("F6")
    following: int | None = start + limit if start + limit < len(rows) else None
    first = start
    if fault is not None and fault.how == "repeat":
        first = max(0, start - limit)
    elif fault is not None and fault.how == "skip":
        first = start + limit
    elif fault is not None:
        following = start
    return rows[first : first + limit], following
