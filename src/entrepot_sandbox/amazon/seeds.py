"""The listings a seed begins with: another seller's worth of goods, so that there is something to buy and to adopt."""

from __future__ import annotations

from random import Random

from entrepot_sandbox.amazon.shop import CURRENCY, LANGUAGE, MARKETPLACE_ID, Listing, Shop
from entrepot_sandbox.core.clock import Clock

GOODS = (
    ("SBX-LANTERN", "Campinglaterne USB-C, warmweiß, 40 Stunden", 3990),
    ("SBX-TENT-2P", "Zelt 2P ultraleicht, sand", 21900),
    ("SBX-MUG-450", "Titanbecher 450 ml", 3290),
    ("SBX-JACKET-M", "Windjacke Damen, blau, M", 11400),
    ("SBX-BOTTLE-1L", "Isolierflasche 1 L", 2890),
    ("SBX-STOVE", "Holzkocher, faltbar", 5190),
    ("SBX-PACK-40", "Rolltop-Rucksack 40 L", 12900),
    ("SBX-GLOVES-L", "Merino-Handschuhe, L", 3490),
)


def fill(shop: Shop, clock: Clock, random: Random, seed: int) -> None:
    """Put the goods of a seed on sale; seed 0 and below leave the shop empty."""
    if seed <= 0:
        return
    now = clock.now()
    for sku, title, cents in GOODS:
        price = (cents + random.randrange(-5, 6) * 100) / 100
        text = {"language_tag": LANGUAGE, "marketplace_id": MARKETPLACE_ID}
        shop.listings[sku] = Listing(
            sku=sku,
            asin=f"B0SBX{random.randrange(10**5):05d}",
            product_type="PRODUCT",
            created_at=now,
            updated_at=now,
            processed=True,
            attributes={
                "item_name": [{"value": title, **text}],
                "brand": [{"value": "Sandbox", **text}],
                "product_description": [{"value": f"{title}. Gibt es nur hier, im Sandkasten.", **text}],
                "condition_type": [{"value": "new_new"}],
                "purchasable_offer": [
                    {
                        "marketplace_id": MARKETPLACE_ID,
                        "currency": CURRENCY,
                        "our_price": [{"schedule": [{"value_with_tax": price}]}],
                    }
                ],
                "fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": random.randrange(1, 40)}],
            },
        )
