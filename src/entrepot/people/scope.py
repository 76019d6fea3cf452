"""Which rows a person may see. One object, made once a request, that every query takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Scope:
    """``accounts`` None: every channel account, otherwise only these. ``owner``: only products this user is responsible for."""

    accounts: tuple[int, ...] | None = None
    owner: int | None = None

    def on_accounts(self, rows: QuerySet[Row], field: str = "account_id") -> QuerySet[Row]:
        return rows if self.accounts is None else rows.filter(**{f"{field}__in": self.accounts})

    def on_products(self, rows: QuerySet[Row], field: str = "owner_id") -> QuerySet[Row]:
        return rows if self.owner is None else rows.filter(**{field: self.owner})

    def params(self) -> Mapping[str, Any]:
        """For statements: ``%(accounts)s`` is NULL for all, ``%(owner)s`` NULL for any."""
        return {"accounts": None if self.accounts is None else list(self.accounts), "owner": self.owner}


EVERYTHING = Scope()
