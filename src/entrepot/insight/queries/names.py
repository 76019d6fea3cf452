"""Names that many lists show beside their rows: accounts and product titles."""

from collections.abc import Iterable, Mapping

from entrepot.base import sql
from entrepot.channels.models import Account
from entrepot.insight.types import AccountRef
from entrepot.people.models import LegalEntity
from entrepot.people.scope import Scope

PACKAGE = "entrepot.insight"


def accounts(scope: Scope, *, archived: bool = False) -> dict[int, AccountRef]:
    """The accounts in scope by id, by name."""
    rows = scope.on_accounts(Account.objects.all(), "pk")
    if not archived:
        rows = rows.filter(archived_at__isnull=True)
    return {row.pk: reference(row) for row in rows.only("pk", "public_id", "name", "channel", "market").order_by("name")}


def reference(row: Account) -> AccountRef:
    return AccountRef(row.public_id, row.name, row.channel, row.market)


def titles(products: Iterable[int], language: str) -> Mapping[int, str]:
    """Product id -> its title in the reader's language, else in English, else in any."""
    found = sql.rows(PACKAGE, "titles", {"products": list(products), "language": language[:2]})
    return {row.product_id: row.title for row in found}


def variant_title(title: str, options: Mapping[str, str]) -> str:
    """A variant's own name: the product's title and what makes this variant differ."""
    return ", ".join([title, *(value for value in options.values() if value)])


def entities() -> list[str]:
    """The seller's companies."""
    return list(LegalEntity.objects.filter(archived_at__isnull=True).order_by("name").values_list("name", flat=True))
