"""Amazon: the Selling Partner API as abilities of the contract. README.md tells what works and what does not."""

from entrepot.channels.contract import Access, Connector, Quota, Setting, Transport
from entrepot.connectors.amazon.attributes import Store
from entrepot.connectors.amazon.client import Client
from entrepot.connectors.amazon.codes import LIMITS
from entrepot.connectors.amazon.listings import Listings
from entrepot.connectors.amazon.notifications import Notifications
from entrepot.connectors.amazon.orders import Orders
from entrepot.connectors.amazon.product_types import ProductTypes
from entrepot.connectors.amazon.queue import Queue
from entrepot.connectors.amazon.shipments import Shipments


class Amazon(Listings, Orders, Shipments):
    """One opened account."""

    def __init__(self, access: Access, client: Client) -> None:
        store = Store(client.marketplace_id, access.settings.get("product_type") or "PRODUCT")
        types = ProductTypes(client, access.transport)
        Listings.__init__(self, client, store, types, access.settings.get("issue_locale") or "en_US")
        Orders.__init__(self, client, access.currency, access.clock)
        Shipments.__init__(self, client)
        self._transport: Transport = access.transport

    def read_quota(self) -> list[Quota]:
        """What is left of each operation used so far. Amazon tells only the rate, so this is our own count."""
        return [Quota(name, limit=most, remaining=int(left)) for name, (left, most) in self._transport.quota_left().items()]


class AmazonWithQueue(Amazon, Notifications):
    """An account whose orders are told through a queue."""

    def __init__(self, access: Access, client: Client, queue: Queue) -> None:
        Amazon.__init__(self, access, client)
        Notifications.__init__(self, client, queue)


def connect(access: Access) -> Amazon:
    """The account with the abilities its settings give. Raises: AccessLost, naming the setting that is missing."""
    client = Client(access)
    given = {**access.settings, **access.credentials}
    if not given.get("sqs_queue_url"):
        return Amazon(access, client)
    queue = Queue(
        access.transport,
        access.clock,
        url=given["sqs_queue_url"],
        region=given.get("sqs_region", ""),
        access_key=given.get("sqs_access_key", ""),
        secret_key=given.get("sqs_secret_key", ""),
    )
    return AmazonWithQueue(access, client, queue)


SETTINGS = (
    Setting("client_id", "Client ID", "LWA credentials of your application, in Seller Central under Develop Apps"),
    Setting("client_secret", "Client secret", "Amazon makes you change it every 180 days", secret=True),
    Setting("refresh_token", "Refresh token", "Shown once when you authorize the application for your account", secret=True),
    Setting("seller_id", "Merchant token", "Seller Central, Account Info, Business Information: begins with A"),
    Setting("marketplace_id", "Marketplace", "Amazon's id, such as A1PA6795UKMFR9 for Germany or ATVPDKIKX0DER for the United States"),
    Setting("product_type", "Product type", "For products that name none of their own", required=False, default="PRODUCT"),
    Setting("issue_locale", "Language of Amazon's messages", "Such as en_US, fr_FR, zh_CN", required=False, default="en_US"),
    Setting(
        "sqs_queue_url",
        "Queue address",
        "Amazon SQS queue for order messages; without it orders are polled every three minutes",
        required=False,
    ),
    Setting("sqs_region", "Queue region", "Only where the address does not name it", required=False),
    Setting("sqs_access_key", "Queue access key", "An AWS user that may receive and delete messages of this queue", required=False),
    Setting("sqs_secret_key", "Queue secret key", secret=True, required=False),
    Setting("endpoint", "API address", "Leave empty; for a sandbox", required=False),
    Setting("token_url", "Token address", "Leave empty; for a sandbox", required=False),
)

CONNECTOR = Connector(
    name="amazon",
    label="Amazon",
    limits=LIMITS,
    settings=SETTINGS,
    open=connect,
    color="#ff9900",
)
