"""Shapes that many answers and bodies share. A body refuses fields it does not know (F26)."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DataError
from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from entrepot.api.problems import Problem
from entrepot.insight.paging import Page
from entrepot.insight.types import AccountRef

Row = TypeVar("Row")
Shown = TypeVar("Shown")

Units = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
Positive = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
Minor = Annotated[int, Field(strict=True, ge=0, le=10**15)]
Sku = Annotated[str, Field(min_length=1, max_length=80)]
Words = Annotated[str, Field(min_length=1, max_length=200)]
Limit = Annotated[int, Query(50, ge=1, le=200, description="Rows a page.")]
Cursor = Annotated[str, Query("", max_length=500, pattern="^(n[A-Za-z0-9_-]+)?$", description="`next` of the page before.")]
Typed = Annotated[str, Query("", max_length=100, description="Begins with this.")]
SkuAsked = Annotated[str, Query(..., min_length=1, max_length=80, description="However its case is typed.")]


class Answered(Schema):
    """What an operation answers."""


class Body(BaseModel):
    """What an operation is sent."""

    model_config = ConfigDict(extra="forbid")


class FieldError(Answered):
    where: str
    message: str


class Refusal(Answered):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    errors: list[FieldError] = []


class MoneyOut(Answered):
    """`minor` units of the currency: 1250 EUR is 12.50 euros, 1250 JPY is 1250 yen."""

    minor: int
    currency: str


class MoneyIn(Body):
    """`minor` units of the currency: 1250 EUR is 12.50 euros, 1250 JPY is 1250 yen."""

    minor: Minor
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


class AccountOut(Answered):
    """A channel account where other things name it."""

    id: UUID
    name: str
    channel: str
    market: str


class PageOf(Answered, Generic[Row]):
    """`next` leads to the following page; null: this is the last."""

    rows: list[Row]
    next: str | None


class Done(Answered):
    """How many things were changed; the others were so already."""

    changed: int


def _in_utc(at: datetime) -> datetime:
    """The same instant in UTC: PostgreSQL takes no offset beyond 16 hours, which ISO 8601 and Python do."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time before year 1 or after year 9999") from None


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]


def account_out(ref: AccountRef) -> AccountOut:
    return AccountOut(id=ref.public_id, name=ref.name, channel=ref.channel, market=ref.market)


def money_out(minor: int | None, currency: str) -> MoneyOut | None:
    return None if minor is None else MoneyOut(minor=minor, currency=currency)


def minor_of(money: MoneyIn | None, currency: str) -> int | None:
    """The amount, when it is in the currency that is meant here. Raises: Problem 422."""
    if money is None:
        return None
    if money.currency != currency:
        detail = _("This price must be in %(currency)s, not in %(other)s.") % {"currency": currency, "other": money.currency}
        raise Problem(422, "wrong_money", detail)
    return money.minor


def paged(query: Callable[[], Page[Any]], shown: Callable[[Any], Shown], cursor: str) -> dict[str, Any]:
    """One page for an answer. Raises: Problem 422 for a cursor that no page of ours gave out."""
    try:
        found = query()
    except (ValueError, TypeError, ValidationError, DataError) as no:
        if not cursor:
            raise
        raise Problem(422, "invalid", _("This cursor is not one that was given out here.")) from no
    return {"rows": [shown(row) for row in found.rows], "next": found.next}


def age(at: datetime | None, now: datetime) -> int | None:
    """Whole seconds since then."""
    return None if at is None else max(0, int((now - at).total_seconds()))


def every(skus: Sequence[str]) -> list[str]:
    """The SKUs trimmed, each once, in the order given."""
    return list(dict.fromkeys(sku.strip() for sku in skus))
