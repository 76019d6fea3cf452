"""entrepot init: the first start of an installation: its base currency, its time zone, its owner."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

from entrepot.base.money import decimals
from entrepot.people.deployment import set_up
from entrepot.people.types import Role


class Command(BaseCommand):
    help = "Set up an installation: base currency, time zone and the first owner. Repeating it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--currency", default="EUR", help="the currency that all sums are shown in; cannot be changed later")
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--owner", default="owner", help="the first user's name")
        parser.add_argument("--demo", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        decimals(options["currency"])
        made = set_up(base_currency_code=options["currency"], time_zone=options["time_zone"], demo=options["demo"])
        users = get_user_model()
        if not users.objects.exists():
            password = "entrepot-demo" if options["demo"] else secrets.token_urlsafe(12)
            users.objects.create_user(options["owner"], password=password, role=Role.OWNER.value, is_staff=True, is_superuser=False)
            self.stdout.write(f"Owner: {options['owner']}  password: {password}" + ("" if options["demo"] else "  (shown once: change it)"))
        if not made:
            self.stdout.write("This installation was set up before; nothing was changed.")
