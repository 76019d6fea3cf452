"""A worker outlives an account that cannot be opened."""

from concurrent.futures import Executor, Future
from typing import Any

import pytest

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
