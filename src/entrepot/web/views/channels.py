"""Channels: is each connected, and how late is it? Connecting, settings, pausing, the call log."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entrepot.base import clock
from entrepot.base.errors import NotFound, UserError
from entrepot.base.ids import AccountId
from entrepot.channels import actions as channels
from entrepot.channels import sharing
from entrepot.channels.contract import Connector, Setting
from entrepot.channels.registry import connector, connectors
from entrepot.channels.types import AccountState
from entrepot.insight.queries import accounts, names, stock
from entrepot.inventory import actions as inventory
from entrepot.listings import actions as listings
from entrepot.people.types import Right
from entrepot.web import render
from entrepot.web.access import needs, visitor
from entrepot.web.acting import act
from entrepot.web.parsing import as_instant, as_uuid, whole


@needs(Right.SEE)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    return render.page(request, "web/channels/list.html", {"lanes": _lanes(request)}, title=gettext("Channels"))


@needs(Right.SEE)
@require_safe
def one(request: HttpRequest, account_id: UUID) -> HttpResponse:
    who, asked = visitor(request), request.GET
    row = accounts.account(who.scope, account_id)
    lanes = _lanes(request)
    call_id, call_at = as_uuid(asked.get("call", "")), as_instant(asked.get("at", ""))
    context = {
        "lanes": lanes,
        "lane": next(lane for lane in lanes if lane.account.public_id == account_id),
        "entity": row.legal_entity.name,
        "row": row,
        "calls": accounts.calls(
            row.pk, cursor=asked.get("page", ""), only_errors=asked.get("result") == "errors", operation=asked.get("operation", "")
        ),
        "operations": accounts.operations(row.pk),
        "operation": asked.get("operation", ""),
        "result": asked.get("result", ""),
        "call": accounts.call(row.pk, call_id, call_at) if call_id and call_at else None,
        "feeds": accounts.feeds(row.pk),
    }
    return render.page(request, "web/channels/one.html", context, title=row.name, crumbs=[(gettext("Channels"), reverse("web:channels"))])


@needs(Right.MANAGE)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Settings from the connector's own list; secrets are written and never shown."""
    row = accounts.account(visitor(request).scope, account_id)
    fields = _fields_of(row.channel)
    if request.method == "POST":

        def work() -> str:
            plain, secret = _typed(request, fields)
            account, actor = AccountId(row.pk), visitor(request).actor
            channels.update_account(account, actor=actor, settings=plain, credentials=secret)
            chosen = {str(place) for place in request.POST.getlist("feed")}
            inventory.feed(account, [p.id for p in stock.places() if str(p.public_id) in chosen], actor=actor)
            limited = {str(person.id): person.id for person in accounts.limited_people(row.pk)}
            sharing.set_people(account, [limited[pk] for pk in request.POST.getlist("person") if pk in limited], actor=actor)
            _set_terms(request, account, actor)
            return gettext("%(account)s is changed.") % {"account": row.name}

        return act(request, work, back=reverse("web:channel", args=[account_id]))
    context = {
        "row": row,
        "fields": [(field, row.settings.get(field.name, field.default) if not field.secret else "") for field in fields],
        "known_secrets": set(row.credentials.readable()),
        "people": accounts.limited_people(row.pk),
        "places": stock.places(),
        "feeds": {place.public_id for place in accounts.feeds(row.pk)},
    }
    crumbs = [(gettext("Channels"), reverse("web:channels")), (row.name, reverse("web:channel", args=[account_id]))]
    return render.page(request, "web/channels/settings.html", context, title=gettext("Settings"), crumbs=crumbs)


@needs(Right.MANAGE)
@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest) -> HttpResponse:
    """Choose a connector, fill in what it asks for, choose which locations feed it."""
    kinds = connectors()
    chosen = request.POST.get("channel") or request.GET.get("channel", "")
    if chosen not in kinds:
        context: dict[str, Any] = {"kinds": list(kinds.values())}
        return render.page(request, "web/channels/choose.html", context, title=gettext("Connect a channel"), crumbs=_crumbs())
    kind, problem = kinds[chosen], ""
    if request.method == "POST":
        try:
            return _connected(request, kind)
        except UserError as no:
            problem = str(no)
    context = {
        "kind": kind,
        "fields": [(field, request.POST.get(field.name, field.default) if not field.secret else "") for field in kind.settings],
        "typed": request.POST,
        "problem": problem,
        "places": stock.places(),
        "entities": names.entities(),
    }
    crumbs = [*_crumbs(), (gettext("Connect a channel"), reverse("web:connect"))]
    return render.page(request, "web/channels/connect.html", context, title=kind.label, crumbs=crumbs)


@needs(Right.MANAGE)
@require_POST
def set_state(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Pause, or go on. Nothing is lost while an account is paused."""
    row = accounts.account(visitor(request).scope, account_id)
    pause = request.POST.get("pause") == "1"

    def work() -> str:
        state = AccountState.PAUSED if pause else AccountState.ACTIVE
        channels.set_state(AccountId(row.pk), state, reason="", actor=visitor(request).actor)
        if pause:
            return gettext("%(account)s is paused: nothing is read or sent.") % {"account": row.name}
        return gettext("%(account)s goes on.") % {"account": row.name}

    return act(request, work, back=reverse("web:channel", args=[account_id]))


@needs(Right.EDIT_PRODUCT)
@require_POST
def send_now(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """The lane compares every number of this account again at once."""
    row = accounts.account(visitor(request).scope, account_id)

    def work() -> str:
        listings.sweep_soon([AccountId(row.pk)])
        return gettext("Every number of %(account)s is compared again now.") % {"account": row.name}

    return act(request, work, back=reverse("web:channel", args=[account_id]))


def _set_terms(request: HttpRequest, account: AccountId, actor: str) -> None:
    """Share, cap and holdback of the account; the lane compares everything again when one changed."""
    share, cap, holdback = (whole(request.POST.get(name)) for name in ("share_percent", "cap", "holdback"))
    if share is None or holdback is None or (request.POST.get("cap", "").strip() and cap is None):
        raise UserError(gettext("Share, cap and holdback are whole numbers; only the cap may be empty."))
    if sharing.set_terms(account, share_percent=share, cap=cap, holdback=holdback, actor=actor):
        listings.sweep_soon([account])


def _connected(request: HttpRequest, kind: Connector) -> HttpResponse:
    from django.contrib import messages
    from django.db import transaction

    asked, who = request.POST, visitor(request)
    plain, secret = _typed(request, kind.settings)
    with transaction.atomic():
        account = channels.connect_account(
            name=asked.get("name", "").strip(),
            channel=kind.name,
            market=asked.get("market", "").strip().upper(),
            currency=asked.get("currency", "").strip().upper(),
            language=asked.get("language", "").strip() or "en",
            entity=asked.get("entity", "").strip(),
            credentials=secret,
            settings=plain,
            actor=who.actor,
        )
        chosen = set(asked.getlist("feed"))
        inventory.feed(account, [place.id for place in stock.places() if str(place.public_id) in chosen], actor=who.actor)
    messages.success(request, gettext("%(account)s is connected; its orders are read from now on.") % {"account": asked.get("name", "")})
    return HttpResponseRedirect(reverse("web:channel", args=[names.accounts(who.scope)[account].public_id]))


def _typed(request: HttpRequest, fields: Any) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """(settings, secrets) as typed."""
    plain = {field.name: request.POST.get(field.name, "").strip() for field in fields if not field.secret}
    secret = {field.name: request.POST.get(field.name, "").strip() for field in fields if field.secret}
    return plain, {name: value for name, value in secret.items() if value}


def _fields_of(channel: str) -> list[Setting]:
    try:
        return list(connector(channel).settings)
    except NotFound:
        return []  # an account whose orders arrive as files has nothing to set


def _lanes(request: HttpRequest) -> Any:
    return accounts.lanes(visitor(request).scope, clock.now())


def _crumbs() -> list[tuple[str, str]]:
    return [(gettext("Channels"), reverse("web:channels"))]
