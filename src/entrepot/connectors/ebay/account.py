"""An opened eBay account: all abilities together."""

from entrepot.connectors.ebay.availability import Availability
from entrepot.connectors.ebay.notifications import Notifications
from entrepot.connectors.ebay.orders import Orders
from entrepot.connectors.ebay.publishing import Publishing


class EbayAccount(Publishing, Availability, Orders, Notifications):
    """Reads orders, publishes, revises, ends, sets availability, reads back, ships, receives webhooks, tells quotas."""
