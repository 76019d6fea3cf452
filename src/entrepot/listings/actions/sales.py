"""The sales a channel made, counted in the order transaction; the caller holds the headers of everything sold."""

from collections.abc import Sequence
from datetime import UTC, datetime

from entrepot.base import clock, sql
from entrepot.base.ids import AccountId
from entrepot.channels import queries as accounts
from entrepot.channels.registry import connectors
from entrepot.listings.models import OfferDemand
from entrepot.listings.rules import DEMAND_OVER
from entrepot.listings.types import ChannelSale

PACKAGE = "entrepot.listings"


def count_sales(sales: Sequence[ChannelSale], now: datetime) -> None:
    """Take what channels sold off what they may still sell (PROMISE 2), and count sales that came later than the bound (PROMISE 13).

    Call it once a batch, in the transaction that reserves, with the headers of every variant sold (of a kit: its components)
    locked. New sales only: a repeat is the caller's to leave out. One statement; a pooled sale costs one insert.
    """
    if sales:
        sql.run(PACKAGE, "count_sales", {**_columns(sales), "sold_at": [sale.at for sale in sales], "now": now})


def count_returns(returns: Sequence[ChannelSale]) -> None:
    """Units canceled or returned that the channel itself puts back on sale: it keeps them (PROMISE 11).

    Where the connector says that its channel does not, the unit is free and nothing is counted. Call it in the transaction that
    gives the units back to stock, headers locked. ``at``: when the channel dated the cancel.
    """
    restoring = _restoring({sale.account for sale in returns})
    kept = [sale for sale in returns if sale.account in restoring]
    if kept:
        sql.run(PACKAGE, "count_returns", {**_columns(kept), "dated_at": [sale.at for sale in kept]})


def forget_demand() -> int:
    """Sales so old that no part of a stock goes by them are forgotten; how many days of offers."""
    forgotten, _ = OfferDemand.objects.filter(day__lt=(clock.now() - DEMAND_OVER).astimezone(UTC).date()).delete()
    return forgotten


def _restoring(found: set[AccountId]) -> set[AccountId]:
    known = connectors()
    channels = {account: accounts.account(account).channel for account in found}
    return {account for account, channel in channels.items() if channel in known and known[channel].limits.restores_stock_on_cancel}


def _columns(sales: Sequence[ChannelSale]) -> dict[str, list[object]]:
    return {
        "accounts": [sale.account for sale in sales],
        "variants": [sale.variant for sale in sales],
        "markets": [sale.market for sale in sales],
        "quantities": [sale.quantity for sale in sales],
    }
