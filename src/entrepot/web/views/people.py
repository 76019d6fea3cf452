"""Signing in and out, and the language of a person."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from entrepot.people import preferences
from entrepot.people.audit import record
from entrepot.people.types import Right
from entrepot.web import render as web
from entrepot.web.access import needs, public


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": gettext_lazy(
            "This name and password do not belong together. After 10 tries the account is locked for 15 minutes."
        ),
        "inactive": gettext_lazy("This account is closed. Ask the owner to open it."),
    }


_sign_in = LoginView.as_view(
    template_name="web/login.html",
    authentication_form=SignInForm,
    redirect_authenticated_user=True,
    extra_context={"title": gettext_lazy("Sign in")},
)


@public
def sign_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return cast(HttpResponse, _sign_in(request, *args, **kwargs))


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(settings.LOGIN_URL)


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Kept with the person who is signed in, else in this browser."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        if request.user.is_authenticated:
            preferences.set_language(request.user.pk, chosen)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86400, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


@needs(Right.SEE)
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    form: forms.Form = PasswordChangeForm(cast(Any, request.user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user = form.save()  # type: ignore[attr-defined]
            record("user.password_changed", f"user:{user.get_username()}", actor=f"user:{user.get_username()}")
        update_session_auth_hash(request, user)
        messages.success(request, gettext("Your password is changed."))
        return HttpResponseRedirect("/")
    return web.page(request, "web/password.html", {"form": form}, title=gettext("Change password"))


@public
@require_GET
def favicon(request: HttpRequest) -> HttpResponse:
    from django.templatetags.static import static

    return HttpResponseRedirect(static("web/icon.svg"))
