"""Reading channel accounts and how far they are."""

from django.db.models import QuerySet
from django.utils.translation import gettext

from entrepot.base.errors import NotFound
from entrepot.base.ids import AccountId
from entrepot.channels.contract import HintKind
from entrepot.channels.models import Account, AccountHint, AccountProgress
from entrepot.channels.types import AccountState, AccountView, ProgressView


def account(account_id: AccountId) -> AccountView:
    """Raises: NotFound."""
    row = Account.objects.filter(pk=account_id).first()
    if row is None:
        raise NotFound(gettext("There is no channel account {id}.").format(id=account_id))
    return _view(row)


def account_named(name: str) -> AccountView | None:
    row = Account.objects.filter(name=name, archived_at=None).first()
    return _view(row) if row else None


def running_rows() -> QuerySet[Account]:
    """Accounts that workers read and send for, in id order; paused, lost and file accounts are left out."""
    return Account.objects.filter(state=AccountState.ACTIVE.value, archived_at=None).exclude(channel="file").order_by("pk")


def progress(account_id: AccountId) -> ProgressView:
    row = AccountProgress.objects.get(account_id=account_id)
    return ProgressView(account_id, row.orders_complete_until, row.polled_at, row.failing_since, row.failure)


def hints(account_id: AccountId, kind: HintKind, *, limit: int) -> list[tuple[int, str]]:
    """The oldest hints of a kind not yet followed: (id, what it points at)."""
    rows = AccountHint.objects.filter(account_id=account_id, kind=kind.value).order_by("id")
    return list(rows.values_list("id", "remote_id")[:limit])


def _view(row: Account) -> AccountView:
    return AccountView(
        AccountId(row.pk),
        row.public_id,
        row.name,
        row.channel,
        row.market,
        row.currency,
        row.language,
        AccountState(row.state),
        row.state_reason,
    )
