"""An order as the Fulfillment API answers it.

Source: docs/sources/ebay.md#fulfillment
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from entrepot_sandbox.core.clock import iso
from entrepot_sandbox.ebay.orders import Buyer, Order, OrderLine, Shipment

FEE_SHARE = Decimal("0.1325")
CENT = Decimal("0.01")
FASTEST, SLOWEST = timedelta(days=4), timedelta(days=8)
Body = dict[str, Any]


def amount(value: Decimal, currency: str) -> Body:
    """An amount: the value as text with two decimals."""
    return {"value": str(value.quantize(CENT)), "currency": currency}


def order_json(order: Order, *, seller: str, hrefs: list[str], with_requests: bool, location: Mapping[str, Any]) -> Body:
    """The whole order. `with_requests`: only an order asked for alone shows its cancel requests."""
    currency = order.lines[0].currency
    fee = order.total * FEE_SHARE
    nothing = amount(Decimal(0), currency)
    return {
        "orderId": order.order_id,
        "salesRecordReference": str(int(order.order_id.split("-")[1])),
        "creationDate": iso(order.created_at),
        "lastModifiedDate": iso(order.modified_at),
        "orderFulfillmentStatus": order.status,
        "orderPaymentStatus": order.payment_status,
        "sellerId": seller,
        "buyer": _buyer(order.buyer),
        "cancelStatus": _cancel_status(order, with_requests=with_requests),
        "pricingSummary": {
            "priceSubtotal": amount(order.total, currency),
            "deliveryCost": nothing,
            "total": amount(order.total, currency),
        },
        "paymentSummary": {
            "totalDueSeller": amount(order.total - fee - order.refunded, currency),
            "payments": [_payment(order, currency)],
            "refunds": [
                {
                    "refundId": refund_id,
                    "refundDate": iso(when),
                    "amount": amount(value, currency),
                    "refundStatus": "REFUNDED",
                }
                for refund_id, value, when in order.refunds
            ],
        },
        "fulfillmentStartInstructions": [_instruction(order)],
        "fulfillmentHrefs": hrefs,
        "lineItems": [_line(order, line, location) for line in order.lines],
        "ebayCollectAndRemitTax": False,
        "totalFeeBasisAmount": amount(order.total, currency),
        "totalMarketplaceFee": amount(fee, currency),
    }


def shipment_json(shipment: Shipment) -> Body:
    """One package."""
    answer: Body = {
        "fulfillmentId": shipment.fulfillment_id,
        "shippedDate": iso(shipment.shipped_at),
        "lineItems": [{"lineItemId": line_id, "quantity": quantity} for line_id, quantity in shipment.lines],
    }
    if shipment.tracking_number:
        answer.update(shipmentTrackingNumber=shipment.tracking_number, shippingCarrierCode=shipment.carrier)
    return answer


def _address(buyer: Buyer) -> Body:
    return {
        "addressLine1": buyer.street,
        "city": buyer.city,
        "stateOrProvince": buyer.state,
        "postalCode": buyer.postal_code,
        "countryCode": buyer.country,
    }


def _buyer(buyer: Buyer) -> Body:
    tax = {key: value for key, value in _address(buyer).items() if key != "addressLine1"}
    return {
        "username": buyer.username,
        "taxAddress": tax,
        "buyerRegistrationAddress": {
            "fullName": buyer.full_name,
            "contactAddress": _address(buyer),
            "primaryPhone": {"phoneNumber": buyer.phone},
            "email": buyer.email,
        },
    }


def _cancel_status(order: Order, *, with_requests: bool) -> Body:
    status: Body = {"cancelState": order.cancel_state, "cancelRequests": []}
    if order.canceled_at is not None:
        status["cancelledDate"] = iso(order.canceled_at)
    for request in order.cancel_requests if with_requests else ():
        entry: Body = {
            "cancelRequestId": request.request_id,
            "cancelRequestedDate": iso(request.requested_at),
            "cancelInitiator": "BUYER",
            "cancelReason": "BUYER_ASKED_CANCEL",
            "cancelRequestState": "COMPLETED" if request.closed_at else "REQUESTED",
        }
        if request.closed_at is not None:
            entry["cancelCompletedDate"] = iso(request.closed_at)
        status["cancelRequests"].append(entry)
    return status


def _payment(order: Order, currency: str) -> Body:
    return {
        "paymentMethod": "EBAY",
        "paymentReferenceId": f"P{order.order_id.replace('-', '')}",
        "paymentDate": iso(order.created_at),
        "amount": amount(order.total, currency),
        "paymentStatus": "PAID",
    }


def _instruction(order: Order) -> Body:
    buyer = order.buyer
    return {
        "fulfillmentInstructionsType": "SHIP_TO",
        "minEstimatedDeliveryDate": iso(order.created_at + FASTEST),
        "maxEstimatedDeliveryDate": iso(order.created_at + SLOWEST),
        "ebaySupportedFulfillment": False,
        "shippingStep": {
            "shipTo": {
                "fullName": buyer.full_name,
                "contactAddress": _address(buyer),
                "primaryPhone": {"phoneNumber": buyer.phone},
                "email": buyer.email,
            },
            "shippingCarrierCode": "AnPost",
            "shippingServiceCode": "IE_SellersStandardRate",
        },
    }


def _line(order: Order, line: OrderLine, location: Mapping[str, Any]) -> Body:
    answer: Body = {
        "lineItemId": line.line_id,
        "legacyItemId": line.listing_id,
        "sku": line.sku,
        "title": line.title,
        "quantity": line.quantity,
        "soldFormat": "FIXED_PRICE",
        "listingMarketplaceId": order.marketplace_id,
        "purchaseMarketplaceId": order.marketplace_id,
        "lineItemCost": amount(line.cost, line.currency),
        "deliveryCost": {"shippingCost": amount(Decimal(0), line.currency)},
        "total": amount(line.cost, line.currency),
        "appliedPromotions": [],
        "taxes": [],
        "properties": {"buyerProtection": True},
        "lineItemFulfillmentStatus": line.status,
        "lineItemFulfillmentInstructions": {
            "shipByDate": iso(order.ship_by),
            "minEstimatedDeliveryDate": iso(order.created_at + FASTEST),
            "maxEstimatedDeliveryDate": iso(order.created_at + SLOWEST),
            "guaranteedDelivery": False,
        },
    }
    address = (location.get("location") or {}).get("address") or {}
    if address.get("country"):
        answer["itemLocation"] = {
            "countryCode": address["country"],
            "postalCode": address.get("postalCode", ""),
            "location": address.get("city", ""),
        }
    if line.variation_id is not None:
        answer["legacyVariationId"] = line.variation_id
        answer["variationAspects"] = [{"name": name, "value": value} for name, value in line.aspects]
    return answer
