"""The marketplace as one: its rates, its errors, its world, and what it prints for a client to begin with.

Source: the usage plans in the operation descriptions of the Selling Partner API models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from entrepot_sandbox.amazon import errors, login, seeds, sqs_http
from entrepot_sandbox.amazon.definitions_http import DefinitionsApi
from entrepot_sandbox.amazon.errors import Refusal
from entrepot_sandbox.amazon.listings_http import ListingsApi
from entrepot_sandbox.amazon.login import Login
from entrepot_sandbox.amazon.notifications_http import NotificationsApi
from entrepot_sandbox.amazon.orders import Order, Orders
from entrepot_sandbox.amazon.orders_http import OrdersApi
from entrepot_sandbox.amazon.people import somebody
from entrepot_sandbox.amazon.queue import Queue
from entrepot_sandbox.amazon.shop import CURRENCY, MARKETPLACE_ID, Shop
from entrepot_sandbox.amazon.sqs_http import SqsApi
from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.control import PREFIX
from entrepot_sandbox.core.http import BadBody, Call, Request, Response, Route
from entrepot_sandbox.core.marketplace import Marketplace
from entrepot_sandbox.core.quota import Limit, Rate
from entrepot_sandbox.core.world import Bought, Shown, UnknownSku

NOTIFICATION_RATE = Rate(1, 5)


class AmazonMarketplace(Marketplace):
    """One seller in one marketplace."""

    name: ClassVar[str] = "amazon"
    label: ClassVar[str] = "Market A, Germany"
    wire: ClassVar[str] = "Amazon’s Selling Partner API"
    token_prefix: ClassVar[str] = "Atza|"  # noqa: S105 - how such tokens begin
    token_life_s: ClassVar[int] = 3600
    limits: ClassVar[Mapping[str, Limit]] = {
        "searchOrders": Rate(0.0056, 20),
        "getOrder": Rate(0.5, 30),
        "confirmShipment": Rate(2, 10),
        "putListingsItem": Rate(5, 10),
        "getListingsItem": Rate(5, 10),
        "patchListingsItem": Rate(5, 5),
        "deleteListingsItem": Rate(5, 5),
        "searchListingsItems": Rate(5, 5),
        "searchDefinitionsProductTypes": Rate(5, 10),
        "getDefinitionsProductType": Rate(5, 10),
        "getMarketplaceParticipations": Rate(0.016, 15),
        "createDestination": NOTIFICATION_RATE,
        "getDestinations": NOTIFICATION_RATE,
        "getDestination": NOTIFICATION_RATE,
        "deleteDestination": NOTIFICATION_RATE,
        "createSubscription": NOTIFICATION_RATE,
        "getSubscription": NOTIFICATION_RATE,
        "getSubscriptionById": NOTIFICATION_RATE,
        "deleteSubscriptionById": NOTIFICATION_RATE,
    }
    # Seconds: from a submission to live, from a sale to its notification and to the searches, from order to payment.
    delays: ClassVar[Mapping[str, float]] = {"live": 1, "notify": 1, "search": 120, "payment": 0}

    shop: Shop
    orders: Orders

    def __init__(self, clock: Clock, seed: int = 1) -> None:
        super().__init__(clock, seed)
        self.queue = Queue(clock, self.random, sqs_http.QUEUE_NAME)
        self.queue_arn = f"arn:aws:sqs:{sqs_http.REGION}:{sqs_http.ACCOUNT}:{sqs_http.QUEUE_NAME}"

    def routes(self) -> Iterable[Route]:
        """All operations; a refusal inside one becomes the channel's error answer."""
        self._login, self._notifications, self._sqs = Login(self), NotificationsApi(self), SqsApi(self)
        parts = (self._login, ListingsApi(self), OrdersApi(self), self._notifications, DefinitionsApi(self), self._sqs)
        return [route for part in parts for route in part.routes()]

    def authorize(self, call: Call) -> Response | None:
        """403 without a living token."""
        return self._login.authorize(call)

    def perform(self, call: Call) -> Response:
        """Run the operation."""
        try:
            return call.route.handler(call)
        except Refusal as refusal:
            return refusal.response()

    def throttled(self, call: Call, wait_s: float | None) -> Response:
        """429 QuotaExceeded."""
        answer = errors.error(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")
        return answer if wait_s is None else answer.with_headers(retry_after=f"{wait_s:g}")

    def failed(self, call: Call, status: int) -> Response:
        """5xx."""
        code = "ServiceUnavailable" if status == 503 else "InternalFailure"
        return errors.error(status, code, "We encountered an internal error. Please try again.")

    def bad_body(self, call: Call, error: BadBody) -> Response:
        """400 for a body that cannot be read."""
        return errors.invalid_input(str(error)).response()

    def no_such_path(self, request: Request) -> Response:
        """404 for a path no operation has."""
        return errors.not_found(f"{request.method} {request.raw_path}").response()

    def finish(self, call: Call, response: Response) -> Response:
        """Add the request id and, where the operation has one, its rate."""
        answer = response.with_headers(x_amzn_RequestId=self._request_id())
        limit = self.limits.get(call.route.bucket)
        return answer.with_headers(x_amzn_RateLimit_Limit=f"{limit.per_second:g}") if isinstance(limit, Rate) else answer

    def facts(self) -> dict[str, Any]:
        """Addresses and keys; the queue's fields are beside those every channel has."""
        return {
            "url": self.origin,
            "token_url": f"{self.origin}/auth/o2/token",
            "client_id": login.CLIENT_ID,
            "client_secret": login.CLIENT_SECRET,
            "refresh_token": login.REFRESH_TOKEN,
            "seller_id": login.SELLER_ID,
            "marketplace_id": MARKETPLACE_ID,
            "currency": CURRENCY,
            "product_type": "PRODUCT",
            "control_url": f"{self.origin}{PREFIX}",
            "sqs_endpoint": self.origin,
            "sqs_queue_url": self._sqs.queue_url,
            "sqs_queue_arn": self.queue_arn,
            "sqs_region": sqs_http.REGION,
            "sqs_access_key": sqs_http.ACCESS_KEY,
            "sqs_secret_key": sqs_http.SECRET_KEY,
        }

    def seed_world(self) -> None:
        """The seed's listings, no orders, an empty queue."""
        self.shop = Shop(self.clock, self.random, self.journal, self.delay)
        self.orders = Orders(self.clock, self.random, self.journal, self.delay, self._order_changed)
        seeds.fill(self.shop, self.clock, self.random, self.seed)

    def reset(self, seed: int) -> None:
        """Start over, with an empty queue."""
        super().reset(seed)
        self.queue.purge()

    def shown(self) -> list[Shown]:
        """What a buyer sees."""
        return self.shop.shown()

    def bought(self) -> list[Bought]:
        """Every order line."""
        return self.orders.bought()

    def buy(self, sku: str, quantity: int, country: str | None = None) -> str:
        """A buyer buys."""
        listing = self.shop.sell(sku, quantity)
        return self.orders.place(listing, quantity, somebody(self.random, country), CURRENCY).id

    def cancel(self, order_id: str, *, request_only: bool = False) -> None:
        """The buyer cancels; the channel gives back the units only of an order that was not paid yet."""
        known = self.orders.by_id.get(order_id)
        unpaid = known is not None and known.status == "PENDING"
        order = self.orders.cancel(order_id, request_only=request_only)
        if unpaid and not request_only:
            for item in order.items:
                listing = self.shop.find(item.sku)
                if listing is not None and listing.live:
                    self.shop.set_quantity(listing, listing.quantity + item.canceled)

    def set_by_hand(self, sku: str, quantity: int) -> None:
        """Somebody changes the number in the seller's pages."""
        listing = self.shop.find(sku)
        if listing is None:
            raise UnknownSku(sku)
        self.shop.set_quantity(listing, quantity)
        self.journal.note("by_hand", mark="warn", sku=sku, quantity=quantity)

    def quota_holders(self) -> list[str]:
        """The seller."""
        return [login.SELLER_ID]

    def new_uuid(self) -> str:
        """An id in the form of a UUID, from the seed."""
        number = f"{self.random.getrandbits(128):032x}"
        return f"{number[:8]}-{number[8:12]}-{number[12:16]}-{number[16:20]}-{number[20:]}"

    def _order_changed(self, order: Order, change: str) -> None:
        self._notifications.order_changed(order, change)

    def _request_id(self) -> str:
        return f"{self.next_request_number():08x}-5a4d-4b0c-8000-{self.seed % 16**12:012x}"
