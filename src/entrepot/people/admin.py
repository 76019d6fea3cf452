"""People and legal entities in the shell's own lists. Who may open them is asked of the role, not of Django's permissions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from entrepot.base.errors import UserError
from entrepot.people.actions import check_other_owner
from entrepot.people.audit import record
from entrepot.people.deployment import default_time_zone
from entrepot.people.models import LegalEntity, Partner, User
from entrepot.people.rights import holds
from entrepot.people.types import Right, Role

PERSONAL = ("first_name", "last_name", "email")  # the audit trail cannot be erased, so it says only that they changed (X8)


def _actor(request: HttpRequest) -> str:
    return f"user:{request.user.get_username()}"


def _audited(name: str, value: Any) -> str:
    if name in PERSONAL:
        return "…"
    return ", ".join(sorted(str(one) for one in value))[:200] if isinstance(value, QuerySet | list) else str(value)[:200]


class RightAdmin(ModelAdmin):  # type: ignore[misc]
    """Open to those whose role holds ``right``; nothing is deleted here, and every change is in the audit trail."""

    right = Right.MANAGE

    def has_module_permission(self, request: HttpRequest) -> bool:
        return holds(request, self.right)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds(request, self.right)

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: "forms.ModelForm[Any]", change: bool) -> None:
        super().save_model(request, obj, form, change)
        fields = [name for name in form.changed_data if "password" not in name]
        before = {name: _audited(name, form.get_initial_for_field(form.fields[name], name)) for name in fields} if change else None
        after = {name: _audited(name, form.cleaned_data.get(name, "")) for name in fields}
        kind = obj._meta.model_name
        record(f"{kind}.{'changed' if change else 'created'}", f"{kind}:{obj}", actor=_actor(request), before=before, after=after)


class PersonForm(UserChangeForm):  # type: ignore[misc]
    def clean(self) -> Any:
        """Somebody stays owner."""
        cleaned = super().clean()
        was = self.instance.role == Role.OWNER.value and self.instance.is_active
        if was and not (cleaned.get("role") == Role.OWNER.value and cleaned.get("is_active")):
            try:
                check_other_owner(self.instance)
            except UserError as no:
                raise forms.ValidationError(str(no)) from None
        return cleaned


@admin.register(User)
class PersonAdmin(RightAdmin, UserAdmin):  # type: ignore[type-arg]
    form = PersonForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "role", "language", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)
    filter_horizontal = ("legal_entities",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "first_name", "last_name", "email")}),
        (_("Role"), {"fields": ("role", "partner", "is_active")}),
        (_("Sees"), {"fields": ("legal_entities", "all_accounts", "own_products_only")}),
        (_("Screen"), {"fields": ("language", "time_zone")}),
        (_("Seen"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {"classes": ("wide",), "fields": ("username", "role", "language", "time_zone", "usable_password", "password1", "password2")},
        ),
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"time_zone": default_time_zone(), **super().get_changeform_initial_data(request)}

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        answer = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == 302:
            user = User.objects.get(pk=id)
            record("user.password_changed", f"user:{user.get_username()}", actor=_actor(request))
        return answer


@admin.register(LegalEntity)
class LegalEntityAdmin(RightAdmin):
    list_display = ("name", "country")
    search_fields = ("name",)
    fields = ("name", "country")


@admin.register(Partner)
class PartnerAdmin(RightAdmin):
    list_display = ("name", "country")
    search_fields = ("name",)
    fields = ("name", "country")
