"""The eBay sandbox: Inventory, Fulfillment, Account, Taxonomy, Notification and Analytics APIs over one shop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from entrepot_sandbox.core.clock import Clock
from entrepot_sandbox.core.http import BadBody, Call, Request, Response, Route
from entrepot_sandbox.core.marketplace import Marketplace
from entrepot_sandbox.core.quota import Daily, Limit
from entrepot_sandbox.core.world import Bought, Shown, UnknownOrder
from entrepot_sandbox.ebay import notices, seeds
from entrepot_sandbox.ebay.api_account import AccountApi
from entrepot_sandbox.ebay.api_items import ItemsApi
from entrepot_sandbox.ebay.api_notices import NoticesApi
from entrepot_sandbox.ebay.api_offers import OffersApi
from entrepot_sandbox.ebay.api_orders import OrdersApi
from entrepot_sandbox.ebay.api_read import AnalyticsApi, TaxonomyApi
from entrepot_sandbox.ebay.categories import DEFAULT_LEAF
from entrepot_sandbox.ebay.errors import Refused, refused
from entrepot_sandbox.ebay.identity import PATH as TOKEN_PATH
from entrepot_sandbox.ebay.identity import Identity
from entrepot_sandbox.ebay.notices import ORDER_CONFIRMATION, Notices, Signer
from entrepot_sandbox.ebay.offers import CURRENCY
from entrepot_sandbox.ebay.orders import Order
from entrepot_sandbox.ebay.records import Offer
from entrepot_sandbox.ebay.shop import Shop
from entrepot_sandbox.ebay.wire import refusal_answer

HOME = "IE"


class Ebay(Marketplace):
    """One seller's account on eBay, as its APIs show it."""

    name: ClassVar[str] = "ebay"
    label: ClassVar[str] = "Market B, Ireland"
    wire: ClassVar[str] = "eBay’s Sell APIs"
    token_prefix: ClassVar[str] = "v^1.1#i^1#sandbox#"  # noqa: S105
    token_life_s: ClassVar[int] = 7_200
    limits: ClassVar[Mapping[str, Limit]] = {
        "sell.inventory": Daily(2_000_000),
        "sell.fulfillment": Daily(100_000),
        "sell.account": Daily(25_000),
        "commerce.taxonomy": Daily(5_000),
        "commerce.notification": Daily(10_000),
        "developer.analytics": Daily(5_000),
        "oauth.refresh_token": Daily(50_000),
        "oauth.client_credentials": Daily(1_000),
    }
    delays: ClassVar[Mapping[str, float]] = {"order_visible": 5.0, "notification": 1.0, "revision_live": 0.0}

    client_id = "Entrepot-sandbox-PRD-0001"
    client_secret = "PRD-sandbox-cert-0001"  # noqa: S105 - printed by --json for everyone
    refresh_token = "v^1.1#i^1#r^1#sandbox-refresh-token"  # noqa: S105 - printed by --json for everyone
    seller = "entrepot_seller"

    def __init__(self, clock: Clock, seed: int = 1) -> None:
        self.identity = Identity(self)
        self.notices = Notices()
        self.signer = Signer()
        super().__init__(clock, seed)

    # The wire format

    def routes(self) -> Iterable[Route]:
        apis = (ItemsApi, OffersApi, OrdersApi, AccountApi, TaxonomyApi, NoticesApi, AnalyticsApi)
        return [*self.identity.routes(), *(route for api in apis for route in api(self).routes())]

    def authorize(self, call: Call) -> Response | None:
        try:
            call.who = self.identity.caller(call)
        except Refused as refusal:
            return refusal_answer(refusal)
        return None

    def throttled(self, call: Call, wait_s: float | None) -> Response:
        answer = refusal_answer(refused(429, 2001))
        return answer if wait_s is None else answer.with_headers(retry_after=str(max(0, round(wait_s))))

    def failed(self, call: Call, status: int) -> Response:
        error_id = {"sell.inventory": 25001, "sell.fulfillment": 30500}.get(call.route.bucket, 2003)
        return refusal_answer(refused(status, error_id))

    def bad_body(self, call: Call, error: BadBody) -> Response:
        return refusal_answer(refused(400, 2004))

    def no_such_path(self, request: Request) -> Response:
        return refusal_answer(refused(404, 2002))

    def finish(self, call: Call, response: Response) -> Response:
        return response.with_headers(x_ebay_request_id=f"sandbox-{self.next_request_number():08d}")

    def quota_holders(self) -> list[str]:
        return [self.client_id]

    # The world

    def facts(self) -> dict[str, Any]:
        policies = {f"{kind}_policy_id": policy_id for kind, policy_id in seeds.POLICY_IDS.items()}
        return {
            "url": self.origin,
            "token_url": f"{self.origin}{TOKEN_PATH}",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
            "marketplace_id": seeds.MARKETPLACE,
            "currency": CURRENCY[seeds.MARKETPLACE],
            **policies,
            "category_id": DEFAULT_LEAF,
            "control_url": f"{self.origin}/_sandbox",
        }

    def seed_world(self) -> None:
        self.shop = Shop(self.clock, self.random, self.delay, self.journal)
        seeds.furnish(self.shop, self.seed)

    def shown(self) -> list[Shown]:
        return [shown for offer in self.shop.offers.values() if (shown := _shown(offer)) is not None]

    def bought(self) -> list[Bought]:
        return [
            Bought(
                id=order.order_id,
                sku=line.sku,
                quantity=line.quantity,
                status="CANCELED" if order.canceled_at else order.status,
                shipped=line.shipped,
                canceled=line.quantity if order.canceled_at else 0,
            )
            for order in self.shop.orders.values()
            for line in order.lines
        ]

    def buy(self, sku: str, quantity: int, country: str | None = None) -> str:
        return self.buy_many([(sku, quantity)], country)

    def buy_many(self, wanted: list[tuple[str, int]], country: str | None = None) -> str:
        """A buyer buys a cart of several SKUs; the order's id.

        Raises: UnknownSku, NotEnoughLeft.
        """
        order = self.shop.buy(wanted, (country or HOME).upper())
        self._announce(order)
        return order.order_id

    def cancel(self, order_id: str, *, request_only: bool = False) -> None:
        order = self.shop.orders.get(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        order.cancel(self.clock.now(), request_only=request_only)
        self.journal.note("cancel_asked" if request_only else "canceled", mark="warn", order=order_id)

    def set_by_hand(self, sku: str, quantity: int) -> None:
        self.shop.put_by_hand(sku, quantity)

    # Notifications

    def _announce(self, order: Order) -> None:
        """Post one confirmation a line item to every receiver."""
        for line in order.lines:
            notice_id = f"{order.order_id}_{line.line_id}"
            data = notices.confirmation(order, line, self.seller)
            self._post(ORDER_CONFIRMATION, notice_id, data, self.notices.receivers(ORDER_CONFIRMATION))

    def post_test(self, subscription: Mapping[str, Any]) -> None:
        """Post a message without meaning to a subscription's endpoint."""
        endpoint = self.notices.destination(subscription["destinationId"])["deliveryConfig"]["endpoint"]
        self._post(subscription["topicId"], f"test_{self.next_request_number()}", {}, [endpoint])

    def _post(self, topic: str, notice_id: str, data: dict[str, Any], endpoints: Iterable[str]) -> None:
        for endpoint in endpoints:
            body = notices.message(topic, notice_id, data, self.clock.now())
            headers = {"content-type": "application/json", "x-ebay-signature": self.signer.header(body)}
            self.outbox.post(topic, endpoint, body, headers, delay_s=self.delay["notification"])


def _shown(offer: Offer) -> Shown | None:
    """An offer as a buyer sees it; None for one that never was a page."""
    window = offer.window or offer.last_seen
    if window is None:
        return None
    live = offer.window is not None
    return Shown(offer.sku, window.title, window.price, window.currency, window.quantity if live else 0, live)
