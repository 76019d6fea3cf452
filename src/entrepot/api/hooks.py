"""Messages that channels post: proven on the raw body, stored as hints, answered at once. Nothing in them is believed (F19-F21)."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from entrepot.api.counters import WEBHOOKS
from entrepot.channels.access import OpenChannel
from entrepot.channels.actions import store_hints
from entrepot.channels.contract import AccessLost, ChannelError, Hint, ReceivesWebhooks, Refused
from entrepot.channels.opened import OpenChannels

LARGEST = 1024 * 1024
RETRY_AFTER = "30"
channels = OpenChannels()
_log = structlog.get_logger(__name__)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """GET: the channel's test of the address. POST: a message. An account that takes no messages does not exist here."""
    opened = channels.of(account_id)
    if opened is None or not isinstance(opened.channel, ReceivesWebhooks):
        return HttpResponse(status=404)
    if request.method == "GET":
        return _challenge(request, opened.channel)
    return _message(request, opened, opened.channel)


def _challenge(request: HttpRequest, channel: ReceivesWebhooks) -> HttpResponse:
    answer = channel.answer_challenge(request.GET.dict(), _address(request))
    return JsonResponse(dict(answer)) if answer is not None else HttpResponse(status=400)


def _message(request: HttpRequest, opened: OpenChannel, channel: ReceivesWebhooks) -> HttpResponse:
    body = _body(request)
    if body is None:
        return _counted(opened, "too_large", 413)
    try:
        hints = channel.hints(dict(request.headers), body)
    except Refused as no:
        if no.status == 401 or no.code == "bad_signature":
            return _counted(opened, "bad_signature", 401)
        return _counted(opened, "unreadable", 400)
    except AccessLost:
        return _counted(opened, "cannot_prove", 503)
    except ChannelError:  # the channel's key cannot be fetched now: the channel sends the message again
        return _counted(opened, "cannot_prove", 503)
    if not _storable(hints):
        return _counted(opened, "unreadable", 400)
    store_hints(opened.account_id, hints)
    return _counted(opened, "accepted", 204)


def _body(request: HttpRequest) -> bytes | None:
    """None when it is larger than any message of any channel."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not str(declared).isdigit() or int(declared) > LARGEST:
        return None
    body = request.read(LARGEST + 1)
    return body if len(body) <= LARGEST else None


def _storable(hints: Sequence[Hint]) -> bool:
    """Text that PostgreSQL can keep: no NUL, no half of a character pair."""
    return all(_is_text(hint.key) and _is_text(hint.remote_id) for hint in hints)


def _is_text(value: str) -> bool:
    return "\x00" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)


def _counted(opened: OpenChannel, result: str, status: int) -> HttpResponse:
    WEBHOOKS.labels(opened.connector.name, result).inc()
    if result != "accepted":
        _log.warning("webhook.refused", account=opened.account_id, channel=opened.connector.name, result=result)
    response = HttpResponse(status=status)
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _address(request: HttpRequest) -> str:
    """The address that the channel was given, which is part of what it tests."""
    if settings.PUBLIC_URL:
        return settings.PUBLIC_URL.rstrip("/") + request.path
    return request.build_absolute_uri(request.path)
