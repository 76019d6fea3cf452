"""The seller's account as it is handed over: a location, policies, and by seed some listings."""

from __future__ import annotations

from random import Random
from typing import Any

from entrepot_sandbox.ebay import account, items, offers, publishing
from entrepot_sandbox.ebay.categories import DEFAULT_LEAF
from entrepot_sandbox.ebay.shop import Shop

MARKETPLACE = "EBAY_IE"  # English and euros: nothing to translate, nothing to convert
LOCATION = "main-warehouse"
POLICY_IDS = {  # of MARKETPLACE, which is the first; those of the other marketplaces follow
    "fulfillment": "6001000001",
    "payment": "6002000001",
    "return": "6003000001",
}
GOODS = [
    ("MUG", "Stoneware mug", "Kallo", 14),
    ("CANDLE", "Beeswax candle", "Lumen & Co", 9),
    ("BAG", "Canvas shopper", "Nordhus", 25),
    ("CABLE", "USB-C cable 2 m", "Voltline", 11),
    ("SCARF", "Lambswool scarf", "Aird", 39),
    ("VASE", "Glass vase", "Kallo", 32),
    ("TRAY", "Oak tray", "Nordhus", 45),
    ("LAMP", "Paper lamp", "Lumen & Co", 58),
]


def furnish(shop: Shop, seed: int) -> None:
    """Open the account: location and policies always the same, listings by seed, none for seed 0 and below."""
    account.create_location(
        shop,
        LOCATION,
        {
            "name": "Main warehouse",
            "locationTypes": ["WAREHOUSE"],
            "location": {
                "address": {
                    "addressLine1": "1 Dock Road",
                    "city": "Dublin",
                    "stateOrProvince": "Dublin",
                    "postalCode": "D01 X2P2",
                    "country": "IE",
                }
            },
        },
    )
    for kind, first_id in POLICY_IDS.items():
        for place, marketplace_id in enumerate(offers.CURRENCY):
            shop.policies[kind][str(int(first_id) + place)] = _policy(shop, kind, marketplace_id)
    if seed > 0:
        _list_goods(shop, Random(f"ebay goods {seed}"))


def _policy(shop: Shop, kind: str, marketplace_id: str) -> dict[str, Any]:
    own: dict[str, dict[str, Any]] = {
        "fulfillment": {
            "handlingTime": {"unit": "DAY", "value": 3},
            "shippingOptions": [
                {
                    "optionType": "DOMESTIC",
                    "costType": "FLAT_RATE",
                    "shippingServices": [{"shippingServiceCode": "IE_SellersStandardRate", "freeShipping": True, "sortOrder": 1}],
                }
            ],
        },
        "payment": {"immediatePay": True},
        "return": {
            "returnsAccepted": True,
            "returnPeriod": {"unit": "DAY", "value": 30},
            "refundMethod": "MONEY_BACK",
            "returnShippingCostPayer": "BUYER",
        },
    }
    shared = {
        "name": f"Standard {kind}",
        "marketplaceId": marketplace_id,
        "categoryTypes": [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES"}],
    }
    return account.checked_policy(shop, kind, {**shared, **own[kind]})


def _list_goods(shop: Shop, random: Random) -> None:
    for code, title, brand, price in random.sample(GOODS, k=6):
        sku = f"{code}-{random.randrange(100, 1000)}"
        item = {
            "product": {"title": title, "description": f"{title} by {brand}.", "brand": brand},
            "condition": "NEW",
            "availability": {"shipToLocationAvailability": {"quantity": random.randrange(3, 40)}},
        }
        items.put_item(shop, sku, item, "en_US")
        offer = offers.create_offer(
            shop,
            {
                "sku": sku,
                "marketplaceId": MARKETPLACE,
                "format": "FIXED_PRICE",
                "categoryId": DEFAULT_LEAF,
                "merchantLocationKey": LOCATION,
                "listingPolicies": {f"{kind}PolicyId": policy_id for kind, policy_id in POLICY_IDS.items()},
                "pricingSummary": {
                    "price": {"value": f"{price}.{random.choice(('00', '50', '90'))}", "currency": offers.CURRENCY[MARKETPLACE]}
                },
            },
        )
        publishing.publish(shop, offer.offer_id)
