"""The line to the database is cut right after COMMIT left: whoever repeats makes one row (F33)."""

import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.db import OperationalError, connections

from entrepot.base.ids import AccountId, RemoteId, Sku
from entrepot.base.money import Money
from entrepot.channels.contract import ChannelLine, ChannelOrder, OrderStatus
from entrepot.channels.models import Account, AccountProgress
from entrepot.inventory import actions as inventory
from entrepot.orders import intake
from entrepot.orders.models import OrderLine, SalesOrder
from entrepot.people.deployment import base_currency, set_up
from entrepot.people.models import LegalEntity
from tests.db import sound
from tests.drill.conftest import wait_for
from tests.world.goods import Goods

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


class Cut(threading.Thread):
    """A unix socket before PostgreSQL's. Once armed, it passes the next COMMIT on and lets nobody hear the answer."""

    def __init__(self, server: str, folder: Path) -> None:
        super().__init__(daemon=True)
        self.armed = threading.Event()
        self.cuts = 0
        self._server = server
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(folder / ".s.PGSQL.5432"))
        self._door.listen(16)

    def run(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if asks and self.armed.is_set() and b"COMMIT" in data:
                    self.armed.clear()
                    self.cuts += 1
                    source.shutdown(socket.SHUT_RDWR)  # the client first: it must not hear
                    target.sendall(data)
                    break
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._door.close()


@pytest.fixture
def cut(transactional_db: None) -> Iterator[Cut]:
    """All of this test's statements go through the proxy."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    host = query.get("host") or unquote(parts.hostname or "")
    if not host.startswith("/"):
        pytest.skip("the database of this run is not reached by a unix socket")
    port = query.get("port") or str(parts.port or 5432)
    folder = Path(tempfile.mkdtemp(prefix="cut-", dir="/tmp"))
    proxy = Cut(f"{host}/.s.PGSQL.{port}", folder)
    proxy.start()
    settings = connections["default"].settings_dict
    before = dict(settings)
    connections["default"].close()
    settings.update(HOST=str(folder), PORT="5432")
    yield proxy
    connections["default"].close()
    settings.update(before)
    proxy.close()
    (folder / ".s.PGSQL.5432").unlink()
    folder.rmdir()


def test_f33_an_intake_whose_commit_was_not_heard_is_repeated_as_one_order(cut: Cut) -> None:
    base_currency.cache_clear()
    set_up(base_currency_code="EUR", time_zone="Europe/Berlin", demo=True)
    goods = Goods()
    goods.product("CUT", units=5)
    entity = LegalEntity.objects.create(name="Harbour & Field GmbH", country="DE")
    account = Account.objects.create(name="Cut off", channel="file", market="DE", currency="EUR", legal_entity=entity)
    inventory.feed(AccountId(account.pk), [goods.place()], actor="test")
    AccountProgress.objects.create(account=account, orders_complete_until=datetime.now(UTC))
    now, price = datetime.now(UTC), Money(2500, "EUR")
    line = ChannelLine(remote_id=RemoteId("1"), sku=Sku("CUT"), title="Lantern", quantity=2, unit_price=price)
    order = ChannelOrder(
        remote_id=RemoteId("C-1"), placed_at=now, updated_at=now, status=OrderStatus.PAID, currency="EUR", total=price * 2, lines=[line]
    )
    cut.armed.set()
    with pytest.raises(OperationalError):
        intake.take(AccountId(account.pk), [order])
    connections["default"].close()
    assert cut.cuts == 1
    wait_for(lambda: SalesOrder.objects.count() == 1, "the server did it, though nobody heard", within=10)
    again = intake.take(AccountId(account.pk), [order])
    assert (again.created, again.unchanged) == (0, 1)
    assert list(OrderLine.objects.values_list("quantity", "short")) == [(2, 0)]
    assert sound.breaches() == []
    base_currency.cache_clear()
