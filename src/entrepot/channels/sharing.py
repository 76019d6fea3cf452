"""What an account may show of the stock, and who sees the account."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext

from entrepot.base.errors import NotFound, UserError
from entrepot.base.ids import AccountId
from entrepot.channels.models import Account
from entrepot.people.audit import record


def set_terms(account_id: AccountId, *, share_percent: int, cap: int | None, holdback: int, actor: str) -> bool:
    """The values that hold for every offer without its own; whether they changed. The caller then lets the lane look again.

    Raises: UserError for a value out of range.
    """
    if not 0 <= share_percent <= 100:
        raise UserError(gettext("A share goes from 0 to 100 percent, not to {percent}.").format(percent=share_percent))
    if holdback < 0 or (cap is not None and cap < 0):
        raise UserError(gettext("A number of units cannot be negative. Use 0 or more."))
    with transaction.atomic():
        account = _locked(account_id)
        after = {"share_percent": share_percent, "cap": cap, "holdback": holdback}
        before = {name: getattr(account, name) for name in after}
        if before == after:
            return False
        Account.objects.filter(pk=account.pk).update(**after)
        record("account.terms_set", f"account:{account.public_id}", actor=actor, before=before, after=after)
    return True


def set_people(account_id: AccountId, people: Sequence[int], *, actor: str) -> None:
    """Exactly these people, of those who see only named accounts, see this one."""
    with transaction.atomic():
        account = _locked(account_id)
        before = sorted(account.users.values_list("username", flat=True))
        account.users.set(people)
        after = sorted(account.users.values_list("username", flat=True))
        if before != after:
            record("account.people_set", f"account:{account.public_id}", actor=actor, before={"people": before}, after={"people": after})


def _locked(account_id: AccountId) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise NotFound(gettext("There is no channel account {id}.").format(id=account_id))
    return account
