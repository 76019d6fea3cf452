"""Django's migrate, then the grants and row policies of the app, partner and read-only roles, and the partitions of the next months."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate

from entrepot.app.policies import make_policies
from entrepot.base import clock
from entrepot.base.grants import grant
from entrepot.base.partitions import make_partitions


class Command(DjangoMigrate):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        # A single app migrated, or backwards, leaves tables missing that the grants name.
        if not options.get("app_label") and not options.get("plan") and not options.get("check_unapplied"):
            make_partitions(clock.now().date())
            grant()
            make_policies()
