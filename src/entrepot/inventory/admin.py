"""Locations in the shell's own lists; stock itself has pages of its own."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from entrepot.base.ids import LocationId
from entrepot.inventory import actions as inventory
from entrepot.inventory.models import Location
from entrepot.people.admin import RightAdmin


@admin.register(Location)
class LocationAdmin(RightAdmin):
    list_display = ("name", "code", "kind", "country", "city", "priority", "paused")
    list_filter = ("kind", "country")
    search_fields = ("name", "code", "city")
    ordering = ("priority", "name")
    fields = (
        "code",
        "name",
        "kind",
        "partner",
        "country",
        "city",
        "postcode",
        "street",
        "latitude",
        "longitude",
        "time_zone",
        "priority",
        "paused",
    )
    readonly_fields = ("paused",)  # pausing changes what may be promised, so it is an action and no form field
    actions = ("pause", "open")

    @admin.action(description=_("Pause the marked locations: their stock is promised to nobody"))
    def pause(self, request: HttpRequest, marked: QuerySet[Location]) -> None:
        changed = self._set_paused(request, marked, True)
        self.message_user(
            request,
            ngettext("%(count)s location is paused.", "%(count)s locations are paused.", changed) % {"count": changed},
            messages.SUCCESS,
        )

    @admin.action(description=_("Open the marked locations again"))
    def open(self, request: HttpRequest, marked: QuerySet[Location]) -> None:
        changed = self._set_paused(request, marked, False)
        self.message_user(
            request,
            ngettext("%(count)s location is open again.", "%(count)s locations are open again.", changed) % {"count": changed},
            messages.SUCCESS,
        )

    def _set_paused(self, request: HttpRequest, marked: QuerySet[Location], on: bool) -> int:
        actor = f"user:{request.user.get_username()}"
        ids: list[Any] = list(marked.filter(archived_at__isnull=True).order_by("pk").values_list("pk", flat=True))
        with transaction.atomic():
            return sum(inventory.set_paused(LocationId(pk), on, actor=actor) for pk in ids)
