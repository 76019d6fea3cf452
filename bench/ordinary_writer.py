"""One writer process of B2: order intake as it is ordinarily written with an object-relational mapper, one order a transaction.

It does the work of ``orders.intake`` on the same tables with the same rows as the result: the order once (get_or_create), its line,
the buyer encrypted field by field, header and levels locked (select_for_update), the reservation, the ledger row. Where we
write one row for all channels and let their lanes follow, it updates the row of every offer of the variant, as such hubs do.
Nothing is made slow on purpose: no signals, no full_clean, no audit, each row read once.

Arguments: account, seconds, variants, name.
"""

import json
import os
import random
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.app.settings")

import django

django.setup()

from django.db import models, transaction

from bench.cpu import cpu_seconds
from bench.writer import orders
from entrepot.base import clock
from entrepot.base.ids import new_public_id
from entrepot.base.keyring import fernet
from entrepot.channels.contract import ChannelOrder
from entrepot.inventory.models import Reservation, StockLevel, StockMove, VariantStock
from entrepot.listings.models import Offer, OfferShown
from entrepot.orders.models import OrderLine, SalesOrder


class EncryptedField(models.TextField):  # type: ignore[type-arg]
    """A text encrypted by Fernet, as the usual packages for Django do it."""

    def get_prep_value(self, value: str) -> str:
        return fernet().encrypt(value.encode()).decode()


class OrdinaryBuyer(models.Model):
    order = models.OneToOneField(SalesOrder, primary_key=True, on_delete=models.CASCADE, related_name="+")
    name = EncryptedField()
    email = EncryptedField()
    phone = EncryptedField()
    ship_name = EncryptedField()
    street = EncryptedField()
    street_more = EncryptedField()
    city = EncryptedField()
    postcode = EncryptedField()
    ship_phone = EncryptedField()

    class Meta:
        app_label = "orders"
        db_table = "ordinary_buyer"
        managed = False


@transaction.atomic
def take(account: int, source: ChannelOrder) -> None:
    now = clock.now()
    order, created = SalesOrder.objects.get_or_create(
        account_id=account,
        channel_order_id=source.remote_id,
        defaults={
            "public_id": new_public_id(),
            "market": source.market,
            "status": source.status.value,
            "raw_status": source.raw_status,
            "placed_at": source.placed_at,
            "remote_updated_at": source.updated_at,
            "remote_rank": 1,
            "currency": source.currency,
            "total_minor": source.total.minor,
            "base_total_minor": source.total.minor,
            "country": source.ship_to.country,
            "region": source.ship_to.region,
            "postcode_area": source.ship_to.postcode[:3],
            "ship_by": source.ship_by,
            "created_at": now,
        },
    )
    if not created:
        return
    keep_buyer(order, source)
    for line in source.lines:
        offer = Offer.objects.get(account_id=account, channel_sku=line.sku)
        row = OrderLine.objects.create(
            order=order,
            channel_line_id=line.remote_id,
            variant_id=offer.variant_id,
            sku=line.sku,
            title=line.title,
            quantity=line.quantity,
            unit_price_minor=line.unit_price.minor,
        )
        header = VariantStock.objects.select_for_update().get(variant_id=offer.variant_id)
        level = first_with(offer.variant_id, line.quantity)
        if level is None:
            row.short = line.quantity
            row.save()
            continue
        level.reserved += line.quantity
        level.save()
        reference = f"order-line:{row.pk}"
        Reservation.objects.create(
            variant_id=offer.variant_id,
            demand_ref=reference,
            location_id=level.location_id,
            kind="order",
            quantity=line.quantity,
            created_at=now,
        )
        StockMove.objects.create(
            variant_id=offer.variant_id,
            source_key=reference,
            occurred_at=source.placed_at,
            location_id=level.location_id,
            recorded_at=now,
            reason="order",
            actor="ordinary",
            reserved_delta=line.quantity,
            on_hand_after=level.on_hand,
            reserved_after=level.reserved,
        )
        header.reserved += line.quantity
        header.atp -= line.quantity
        header.version += 1
        header.changed_at = now
        header.save()
        for shown in OfferShown.objects.filter(variant_id=offer.variant_id):
            shown.shown = min(10, header.atp)
            shown.save()


def keep_buyer(order: SalesOrder, source: ChannelOrder) -> None:
    buyer, ship = source.buyer, source.ship_to
    street = [*ship.street, "", ""]
    OrdinaryBuyer.objects.create(
        order=order,
        name=buyer.name,
        email=buyer.email,
        phone=buyer.phone,
        ship_name=ship.name,
        street=street[0],
        street_more=street[1],
        city=ship.city,
        postcode=ship.postcode,
        ship_phone=ship.phone,
    )


def first_with(variant: int, units: int) -> StockLevel | None:
    levels = StockLevel.objects.select_for_update(of=("self",)).filter(variant_id=variant).order_by("location__priority")
    return next((level for level in levels if level.on_hand - level.reserved - level.safety_stock >= units), None)


def main() -> None:
    account, seconds, variants = (int(word) for word in sys.argv[1:4])
    name = sys.argv[4]
    chance = random.Random(name)
    for order in orders(20, f"{name}-warm", 0, variants, chance):
        take(account, order)
    print("ready", flush=True)
    for number, _ in enumerate(sys.stdin):
        ready = orders(seconds * 1000, f"{name}-{number}", 0, variants, chance)
        begun, cpu, taken = time.perf_counter(), cpu_seconds(), 0
        while time.perf_counter() - begun < seconds and taken < len(ready):
            take(account, ready[taken])
            taken += 1
        print(json.dumps({"orders": taken, "seconds": time.perf_counter() - begun, "cpu": cpu_seconds() - cpu}), flush=True)


if __name__ == "__main__":
    main()
