"""Locations in the shell's own lists; stock itself has pages of its own."""

from django.contrib import admin

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
