"""entrepot init: the first start of an installation: its base currency, its time zone, its owner."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from entrepot.base.errors import UserError
from entrepot.base.money import decimals
from entrepot.catalog import queries as catalog
from entrepot.orders import queries as orders
from entrepot.people.deployment import base_currency, change_base_currency, default_time_zone, set_up
from entrepot.people.types import Role

FIRST_CURRENCY = "EUR"


class Command(BaseCommand):
    requires_system_checks = ()  # they cost a second of every first start, and belong to `make check`
    help = "Set up an installation: base currency, time zone and the first owner. Repeating it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--currency", help="the currency that all sums are shown in; fixed once there are products or orders")
        parser.add_argument("--time-zone", help="the one that new users read times in, such as Europe/Berlin; UTC when never given")
        parser.add_argument("--owner", default="owner", help="the first user's name")
        parser.add_argument("--no-owner", action="store_true", help="set up without a user; web pages need one later")
        parser.add_argument("--migrate", action="store_true", help="make or change the tables first, as the role that owns them")
        parser.add_argument("--demo", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["migrate"]:
            call_command("migrate", verbosity=0, skip_checks=True)
        currency = options["currency"]
        decimals(currency or FIRST_CURRENCY)
        try:
            made = set_up(base_currency_code=currency or FIRST_CURRENCY, time_zone=options["time_zone"], demo=options["demo"])
        except UserError as no:
            raise CommandError(str(no)) from None
        if currency and currency != base_currency():
            if catalog.listed(size=1) or orders.any_orders():
                raise CommandError(
                    f"Sums are in {base_currency()} and there are products or orders already, so it stays. For {currency} start a new home."
                )
            change_base_currency(currency)
        users = get_user_model()
        if options["no_owner"] or users.objects.exists():
            if not made and options["verbosity"]:
                self.stdout.write(f"This installation is set up; sums are in {base_currency()}.")
            return
        password = "entrepot-demo" if options["demo"] else secrets.token_urlsafe(12)
        users.objects.create_user(
            options["owner"], password=password, role=Role.OWNER.value, time_zone=default_time_zone(), is_staff=True, is_superuser=False
        )
        self.stdout.write(f"Owner: {options['owner']}  password: {password}" + ("" if options["demo"] else "  (shown once: change it)"))
