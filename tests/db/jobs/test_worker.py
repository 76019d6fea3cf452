"""A worker outlives an account that cannot be opened."""

from concurrent.futures import Executor, Future
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from entrepot.base.crypto import CannotOpen
from entrepot.channels import access
from entrepot.channels import actions as channels
from entrepot.channels.models import Account
from entrepot.jobs.guard import HOUSEKEEPING
from entrepot.jobs.worker import Worker
from tests.db.listings import world

pytestmark = pytest.mark.django_db(transaction=True)


class NoPasses(Executor):
    def submit(self, *args: Any, **more: Any) -> Future[Any]:
        """What the tracks do is not looked at here."""
        return Future()


def test_p10_an_account_that_cannot_be_opened_does_not_end_the_worker() -> None:
    broken = world.account("broken")
    Account.objects.filter(pk=broken).update(channel="never-installed")
    worker = Worker(pool=NoPasses())
    try:
        for _ in range(2):  # it is tried again and again: its connector may come
            worker._looked = 0.0
            worker.step(patience=0.001)
            assert set(worker._held) == {HOUSEKEEPING}
    finally:
        worker.close()


def test_p10_an_account_whose_key_is_gone_costs_only_itself() -> None:
    """The others run on; what it is told to change is kept; new secrets end it."""
    lost, other = world.account("lost"), world.account("other")
    sealed = Fernet(Fernet.generate_key()).encrypt(b"{}")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE account SET credentials = %s WHERE id = %s", [sealed, lost])
    assert list(access.running()) == [lost, other]
    channels.update_account(lost, actor="t", settings={"proxy": "http://proxy"}, credentials={})
    with pytest.raises(CannotOpen):
        dict(Account.objects.get(pk=lost).credentials)
    before = access.running()[lost]
    channels.update_account(lost, actor="t", settings={}, credentials={"token": "new"})
    assert dict(Account.objects.get(pk=lost).credentials) == {"token": "new"}
    assert access.running()[lost] != before
