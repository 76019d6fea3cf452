"""The process of B4 that changes stock through the product: at a line "go FIRST COUNT" one unit of each variant is lost."""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.app.settings")

import django

django.setup()

from django.db import transaction

from entrepot.base import clock
from entrepot.base.ids import VariantId
from entrepot.inventory import moves
from entrepot.inventory.types import Reason


def main() -> None:
    print("ready", flush=True)
    for round_number, line in enumerate(sys.stdin):
        first, count = (int(word) for word in line.split()[1:])
        variants = [VariantId(number) for number in range(first, first + count)]
        at = clock.now()
        with transaction.atomic():
            moves.lock(variants)
            shelves = moves.shelves(variants)
            lost = [
                moves.Move(
                    variant,
                    next(shelf.location for shelf in shelves[variant] if shelf.on_hand),
                    f"bench:{round_number}",
                    at,
                    Reason.LOST,
                    -1,
                )
                for variant in variants
            ]
            moves.apply(lost, actor="bench")
        print(json.dumps({"changed": count}), flush=True)


if __name__ == "__main__":
    main()
