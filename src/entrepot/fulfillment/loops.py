"""Telling the channel what was shipped, until it knows (HO11)."""

from datetime import timedelta
from random import Random

from entrepot.base import clock
from entrepot.base.crash import crashpoint
from entrepot.base.ids import AccountId, RemoteId
from entrepot.base.loops import Again, Outcome, Settled
from entrepot.channels import health
from entrepot.channels.contract import ConfirmsShipments, Refused, Shipment, ShipmentLine, Throttled, Unavailable, Unreadable
from entrepot.fulfillment.models import ShippedPackage

A_PASS = 20
CONFIRMS = "confirm_shipment"
_chance = Random()  # noqa: S311  (jitter, not a secret)


def confirm_shipments(account: AccountId, channel: ConfirmsShipments) -> Outcome:
    """Tell the channel every package it does not know yet, oldest first. A repeat carries the same reference and data.

    A refusal stays with the package for a person; a lost answer is told again, which is one effect at the channel.
    """
    now = clock.now()
    held = health.open_until(account, CONFIRMS)
    if held is not None:
        return Again(held - now)
    due = ShippedPackage.objects.filter(order__account_id=account, told_at=None, refused="", next_try_at__lte=now)
    packages = list(due.select_related("order").order_by("next_try_at", "id")[:A_PASS])
    for package in packages:
        try:
            channel.confirm_shipment(_shipment(package))
        except Throttled as wait:
            return Again(wait.retry_after or timedelta(seconds=2))
        except (Unavailable, Unreadable) as down:  # the channel may have done it: the repeat is one effect there
            health.failed(account, CONFIRMS, down)
            package.tries += 1
            package.next_try_at = clock.now() + health.backoff(package.tries, _chance)
            package.save(update_fields=["tries", "next_try_at"])
            held = health.open_until(account, CONFIRMS)
            if held is not None:
                return Again(held - clock.now())
            continue
        except Refused as no:
            package.tries += 1
            package.refused = no.message[:300] or "refused"
            package.save(update_fields=["tries", "refused"])
            continue
        crashpoint("shipment.after_call")
        health.succeeded(account, CONFIRMS)
        package.told_at, package.tries = clock.now(), package.tries + 1
        package.save(update_fields=["told_at", "tries"])
    if len(packages) == A_PASS:
        return Again()
    later = ShippedPackage.objects.filter(order__account_id=account, told_at=None, refused="").order_by("next_try_at").first()
    return Again(max(timedelta(0), later.next_try_at - clock.now())) if later and later.next_try_at else Settled()


def _shipment(package: ShippedPackage) -> Shipment:
    return Shipment(
        order=RemoteId(package.order.channel_order_id),
        reference=package.reference,
        lines=[ShipmentLine(RemoteId(line["line"]), line["quantity"]) for line in package.lines],
        carrier=package.carrier,
        tracking=package.tracking,
        shipped_at=package.shipped_at,
    )
