"""Past orders out of a file, through order intake (decision 0003).

A line's key is (order number, its place in the order), so that lines which look alike stay two. An order is handed on when its
last line has been read, wherever in the file that stands; so memory holds open orders only, and a second run of the same file
finds every order unchanged.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from entrepot.base.ids import AccountId, RemoteId, UserId
from entrepot.base.money import Money
from entrepot.catalog.imports import lines as catalog_lines
from entrepot.catalog.imports.fields import suggestions
from entrepot.catalog.imports.mappings import mapping_named
from entrepot.catalog.imports.order_lines import FileLine, LineReader, Named
from entrepot.catalog.imports.runs import PAGE, Progress, Run, run_of, view
from entrepot.catalog.imports.table import open_table
from entrepot.catalog.imports.types import FileMapping, Preview, RowError, RunState, RunView
from entrepot.channels import actions as channels
from entrepot.channels.contract import Address, Buyer, ChannelLine, ChannelOrder, OrderStatus
from entrepot.channels.queries import account_named
from entrepot.orders import intake
from entrepot.orders.countries import country_code
from entrepot.orders.models import SalesOrder
from entrepot.orders.prepare import BadOrder, check
from entrepot.people.deployment import base_currency

KIND = "orders"


@dataclass(slots=True)
class _Open:
    """An order of the file, while its lines are read."""

    left: int
    seen: int = 0
    lines: list[tuple[int, FileLine]] = field(default_factory=list)  # with its place in the order, from 1


@dataclass(slots=True)
class _Sums:
    """What the report adds up, over imported lines."""

    orders: int = 0
    units: int = 0
    revenue_minor: int = 0
    countries: set[str] = field(default_factory=set)

    def add(self, lines: Sequence[tuple[int, FileLine]]) -> None:
        canceled = lines[0][1].canceled
        self.orders += not canceled
        for _, line in lines:
            if country := line.address.get("country"):
                self.countries.add(country)
            if not canceled and not line.charge:
                self.units += line.quantity
                self.revenue_minor += line.quantity * line.unit_price_minor


def import_orders(
    path: Path, mapping: str, account: str, *, actor: str, name: str = "", user: UserId | None = None, progress: Progress | None = None
) -> RunView:
    """Every line of the file is part of a historical order of the account, or is reported with line, column and reason.

    The account is made, as one that is fed by files, when there is none of this name; with the mapping's ``from_lines`` also
    variants for the codes that have none. Nothing of it touches stock. The same file again changes nothing.
    Raises: CannotRead when the file as a whole cannot be read.
    """
    chosen = mapping_named(mapping, KIND)
    table = open_table(path, name=name, settings=chosen.settings)
    with run_of(table.source, chosen, target=account, user=user, progress=progress, resumes=False) as run:
        known = account_named(account)
        reader = LineReader(table, chosen, known.currency if known else base_currency())
        found = known.id if known else _new_account(account, chosen, reader.currency, actor)
        source = f"import:{run.public_id}"
        counts: Counter[str] = Counter()
        catalog = catalog_lines.read_catalog(_counted(reader, counts))
        if chosen.settings.get("from_lines"):
            catalog_lines.create_missing(catalog, language=chosen.settings.get("language") or "en", actor=actor, source=source)
        sums = _Import(found, chosen, reader, run).all(counts)
        report = catalog_lines.report_of(
            run,
            catalog,
            currency=reader.currency,
            orders=sums.orders,
            canceled_orders=_cancellations(counts, chosen),
            countries=len(sums.countries),
            units=sums.units,
            revenue_minor=sums.revenue_minor,
        )
        run.end(RunState.DONE, report)
    return view(run.row)


def preview_orders(path: Path, mapping: FileMapping, *, currency: str, name: str = "", rows: int = 20) -> Preview:
    """The first lines as they would be imported, with their errors and a proposal for the columns; nothing is written.

    A mapping without columns only proposes. Raises: CannotRead.
    """
    table = open_table(path, name=name, settings=mapping.settings)
    found: list[tuple[int, dict[str, Any]]] = []
    errors: list[RowError] = []
    if mapping.columns or mapping.settings.get("by_field_name"):
        for _, line in islice(LineReader(table, mapping, currency).lines(), rows):
            if isinstance(line, RowError):
                errors.append(line)
            else:
                found.append((line.line, asdict(line)))
    return Preview(table.headings, table.encoding, table.delimiter, found, errors, suggestions(KIND, table.headings))


def _counted(reader: LineReader, counts: Counter[str]) -> Iterator[Named | RowError]:
    """What the rows name; on the way the rows of each order are counted."""
    for number, named in reader.names():
        counts[number] += 1
        yield named


def _cancellations(numbers: Iterable[str], mapping: FileMapping) -> int:
    """The cancellations that the file names, also those of which no line could be taken."""
    prefix = mapping.settings.get("canceled_prefix") or ""
    return sum(number.startswith(prefix) for number in numbers) if prefix else 0


class _Import:
    def __init__(self, account: AccountId, mapping: FileMapping, reader: LineReader, run: Run) -> None:
        self._account, self._reader, self._run = account, reader, run
        self._market = mapping.settings.get("market") or ""
        self._sums = _Sums()
        self._ready: list[tuple[ChannelOrder, list[tuple[int, FileLine]]]] = []
        self._ready_lines = 0
        self._lines_read = 0

    def all(self, counts: Counter[str]) -> _Sums:
        """``counts``: how many rows of the file each order has."""
        open_orders: dict[str, _Open] = {}
        for number, line in self._reader.lines():
            self._lines_read += 1
            if isinstance(line, RowError):
                self._run.reject(line)
            order = open_orders.get(number)
            if order is None:
                order = open_orders[number] = _Open(counts[number])
            order.seen += 1
            order.left -= 1
            if isinstance(line, FileLine):
                order.lines.append((order.seen, line))
            if order.left <= 0:
                del open_orders[number]
                self._complete(order)
            if self._ready_lines >= PAGE:
                self._flush()
        self._flush()
        return self._sums

    def _complete(self, order: _Open) -> None:
        if not order.lines:
            return
        made = channel_order(order.lines, self._reader.currency, self._market)
        try:
            check(made)
        except BadOrder as no:
            self._refuse(order.lines, "order_refused", str(no))
            return
        self._ready.append((made, order.lines))
        self._ready_lines += len(order.lines)

    def _flush(self) -> None:
        """The orders that are complete, and what was counted since the last page, in one transaction."""
        ready = self._ready
        with transaction.atomic():
            known = self._stored(ready)
            intake.take(self._account, [order for order, _ in ready], historical=True)
            stored = self._stored(ready)
            imported = unchanged = 0
            for order, lines in ready:
                if order.remote_id not in stored:
                    self._refuse(lines, "order_refused", gettext("The order could not be stored. It waits in quarantine, with the reason."))
                    continue
                self._sums.add(lines)
                imported += len(lines)
                unchanged += len(lines) if known.get(order.remote_id) == stored[order.remote_id] else 0
            self._run.write(lines=self._lines_read, imported=imported, unchanged=unchanged)
        self._ready, self._ready_lines, self._lines_read = [], 0, 0

    def _stored(self, ready: Sequence[tuple[ChannelOrder, Any]]) -> dict[str, Any]:
        """Orders that are here: number -> (time, rank) of their state."""
        numbers = [order.remote_id for order, _ in ready]
        rows = SalesOrder.objects.filter(account_id=self._account, channel_order_id__in=numbers)
        return {number: (at, rank) for number, at, rank in rows.values_list("channel_order_id", "remote_updated_at", "remote_rank")}

    def _refuse(self, lines: Sequence[tuple[int, FileLine]], reason: str, message: str) -> None:
        for _, line in lines:
            self._run.reject(RowError(line.line, "", reason, message, line.number))


def channel_order(lines: Sequence[tuple[int, FileLine]], currency: str, market: str) -> ChannelOrder:
    """The lines of one order of a file as an order of a channel.

    A cancellation is an order of its own, as the file has it: canceled, all its units canceled, amounts above 0; so it counts as
    a cancellation and adds nothing to units and revenue.
    """
    first = lines[0][1]
    placed_at = min(line.placed_at for _, line in lines)
    canceled = first.canceled
    to = _address(first)
    return ChannelOrder(
        remote_id=RemoteId(first.number),
        placed_at=placed_at,
        updated_at=placed_at,
        status=OrderStatus.CANCELED if canceled else OrderStatus.SHIPPED,
        currency=currency,
        total=Money(sum(line.quantity * line.unit_price_minor for _, line in lines), currency),
        lines=[_line(place, line, currency) for place, line in lines],
        market=market,
        ship_to=to,
        buyer=Buyer(
            name=first.address.get("buyer_name", ""), email=first.address.get("email", ""), remote_id=first.address.get("buyer_id", "")
        ),
    )


def _line(place: int, line: FileLine, currency: str) -> ChannelLine:
    return ChannelLine(
        remote_id=RemoteId(line.line_number or str(place)),
        sku=line.sku,
        title=line.title,
        quantity=line.quantity,
        unit_price=Money(line.unit_price_minor, currency),
        canceled_quantity=line.quantity if line.canceled else 0,
        shipped_quantity=0 if line.canceled else line.quantity,
        charge=line.charge,
    )


def _address(line: FileLine) -> Address:
    """A country that has no code is kept by its name."""
    given = line.address
    name = given.get("country", "")
    code = country_code(name)
    return Address(
        name=given.get("ship_to", ""),
        street=(given["street"],) if "street" in given else (),
        city=given.get("city", ""),
        region=given.get("region", "") or ("" if code else name),
        postcode=given.get("postcode", ""),
        country=code,
        phone=given.get("phone", ""),
    )


def _new_account(name: str, mapping: FileMapping, currency: str, actor: str) -> AccountId:
    """An account that is fed by files."""
    market = mapping.settings.get("market") or "ZZ"
    language = mapping.settings.get("language") or "en"
    return channels.connect_account(
        name=name,
        channel=channels.FILE_CHANNEL,
        market=market,
        currency=currency,
        language=language,
        entity=name,
        credentials={},
        settings={},
        actor=actor,
    )
