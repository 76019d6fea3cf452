"""eBay, by the Inventory, Fulfillment, Notification and Analytics APIs."""

from datetime import timedelta

from entrepot.channels.contract import Connector, Limits, Setting
from entrepot.channels.transport import Rate
from entrepot.connectors.ebay.account import EbayAccount
from entrepot.connectors.ebay.session import ENDPOINT, TOKEN_PATH

# Calls a day of an application that did not ask for more; the answer of read_quota counts.
# eBay publishes no rate a second: ours only keeps a burst polite. Source: docs/sources/ebay.md#quotas
INVENTORY = Rate(per_second=25, burst=100, per_day=2_000_000)
FULFILLMENT = Rate(per_second=5, burst=50, per_day=100_000)
NOTIFICATION = Rate(per_second=2, burst=20, per_day=10_000)
ANALYTICS = Rate(per_second=0.5, burst=5, per_day=5_000)

OPERATIONS = {
    "getToken": Rate(per_second=1, burst=10, per_day=50_000),
    **dict.fromkeys(
        (
            "bulkGetInventoryItem",
            "bulkUpdatePriceQuantity",
            "createInventoryLocation",
            "createOffer",
            "createOrReplaceInventoryItem",
            "createOrReplaceInventoryItemGroup",
            "getInventoryItem",
            "getInventoryItemGroup",
            "getInventoryItems",
            "getInventoryLocation",
            "getOffers",
            "publishOffer",
            "publishOfferByInventoryItemGroup",
            "updateOffer",
            "withdrawOffer",
            "withdrawOfferByInventoryItemGroup",
        ),
        INVENTORY,
    ),
    **dict.fromkeys(("getOrders", "getOrder", "getShippingFulfillments", "createShippingFulfillment"), FULFILLMENT),
    **dict.fromkeys(
        (
            "createDestination",
            "createSubscription",
            "getConfig",
            "getDestinations",
            "getPublicKey",
            "getSubscriptions",
            "getTopic",
            "updateConfig",
            "updateDestination",
            "updateSubscription",
        ),
        NOTIFICATION,
    ),
    **dict.fromkeys(("getRateLimits", "getUserRateLimits"), ANALYTICS),
}

CONNECTOR = Connector(
    name="ebay",
    label="eBay",
    color="#0064d2",
    limits=Limits(
        operations=OPERATIONS,
        items_a_call=10,  # one HTTP call each: ten keep a zero from waiting long behind the others
        revisions_a_day=250,
        title_characters=80,
        description_characters=4000,
        pictures=24,
        variants_a_group=250,
        orders_a_page=200,
        poll_every=timedelta(minutes=3),
        poll_overlap=timedelta(minutes=10),
        sale_delay_bound=timedelta(minutes=5),
        live_delay_bound=timedelta(minutes=5),
    ),
    settings=(
        Setting("client_id", "App ID", "Of your keyset on developer.ebay.com"),
        Setting("client_secret", "Cert ID", "Of the same keyset", secret=True),
        Setting("refresh_token", "Refresh token", "From signing in to eBay as the seller; good for about 18 months", secret=True),
        Setting("marketplace_id", "Marketplace", "For example EBAY_DE", default="EBAY_US"),
        Setting("fulfillment_policy_id", "Fulfillment policy", "The id of a business policy of this marketplace"),
        Setting("payment_policy_id", "Payment policy", "The id of a business policy of this marketplace"),
        Setting("return_policy_id", "Return policy", "The id of a business policy of this marketplace"),
        Setting("category_id", "Default category", "A leaf category, for products that name none", required=False),
        Setting("location_postcode", "Ships from: postcode"),
        Setting("location_country", "Ships from: country", "Two letters; empty: the marketplace's own", required=False),
        Setting("location_city", "Ships from: city", required=False),
        Setting("location_region", "Ships from: region", required=False),
        Setting("location_name", "Ships from: name", required=False, default="Warehouse"),
        Setting("location_key", "Ships from: key", "eBay's name of the place; it can never change", required=False, default="entrepot"),
        Setting("alert_email", "E-mail for alerts", "eBay writes there when it cannot deliver notifications", required=False),
        Setting("endpoint", "Address", "Another one for a sandbox", required=False, default=ENDPOINT),
        Setting("token_url", "Token address", "Another one for a sandbox", required=False, default=f"{ENDPOINT}{TOKEN_PATH}"),
    ),
    open=EbayAccount,
)

__all__ = ["CONNECTOR"]
