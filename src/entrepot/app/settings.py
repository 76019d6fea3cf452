"""Django's settings, read once. Addresses and secrets come from the environment; see docs/guides/configuration.md."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from entrepot.app.home import home
from entrepot.app.keys import load_keys
from entrepot.base.crypto import Keys

PACKAGE = Path(__file__).resolve().parent.parent
DEMO = os.environ.get("ENTREPOT_DEMO") == "1"
DEBUG = False


def ENTREPOT_KEYS() -> Keys:
    """The keys of this installation; made on first use."""
    return load_keys(home(), demo=DEMO)


def _secret_key() -> str:
    keys = ENTREPOT_KEYS()
    return keys.derived(min(keys.by_id), "django").hex()


SECRET_KEY: Any = SimpleLazyObject(_secret_key)


def database(url: str) -> dict[str, Any]:
    """A Django database from a postgresql:// URL; query parameters are libpq's (host=/socket, sslmode=...)."""
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    options.setdefault("application_name", "entrepot")
    options.update(keepalives_idle=5, keepalives_interval=2, keepalives_count=3, tcp_user_timeout=10_000)
    # Django switches preparing off; on, and so high that only what asks for it is prepared: the statements in sql/ keep their plans.
    options["prepare_threshold"] = 1_000_000
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "entrepot",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(options.pop("port", parts.port or "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


# The app role, but for commands that change the schema (app.cli sets the role).
_ROLE = os.environ.get("ENTREPOT_DATABASE_ROLE", "app")
_URL = os.environ.get("DATABASE_OWNER_URL" if _ROLE == "owner" else "DATABASE_URL", "postgresql:///entrepot")
DATABASES = {"default": database(_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "unfold",
    "entrepot.app.apps.AppConfig",
    "entrepot.web.apps.WebConfig",
    "entrepot.jobs.apps.JobsConfig",
    "entrepot.insight.apps.InsightConfig",
    "entrepot.fulfillment.apps.FulfillmentConfig",
    "entrepot.orders.apps.OrdersConfig",
    "entrepot.listings.apps.ListingsConfig",
    "entrepot.inventory.apps.InventoryConfig",
    "entrepot.catalog.apps.CatalogConfig",
    "entrepot.channels.apps.ChannelsConfig",
    "entrepot.people.apps.PeopleConfig",
    "entrepot.base.apps.BaseConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "ninja",
]

MIDDLEWARE = [
    "entrepot.api.middleware.ApiMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "entrepot.web.middleware.UserLocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "entrepot.app.urls"
ASGI_APPLICATION = "entrepot.app.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"

ALLOWED_HOSTS = os.environ.get("ENTREPOT_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("ENTREPOT_ORIGINS", "").split(",") if o]
_TLS = os.environ.get("ENTREPOT_TLS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _TLS
SECURE_SSL_REDIRECT = _TLS
SECURE_HSTS_SECONDS = 31_536_000 if _TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _TLS else None
SESSION_COOKIE_NAME = "entrepot_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [str(PACKAGE / "locale")]

STATIC_URL = "/static/"
STATIC_ROOT = None  # files are served from their packages; nothing is collected
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

LOGGING_CONFIG = None  # app.logs sets structlog up: structured, without personal data

# How far the product may look outside: where channels reach us (webhooks, pictures).
PUBLIC_URL = os.environ.get("ENTREPOT_PUBLIC_URL", "")

# Calls a minute that one API token may make to one web process; a quarter of them at once.
API_CALLS_A_MINUTE = int(os.environ.get("ENTREPOT_API_CALLS_A_MINUTE", "1200"))
# Who may read /metrics; empty: only this machine itself.
METRICS_TOKEN = os.environ.get("ENTREPOT_METRICS_TOKEN", "")

# More delistings an hour than this ask a person first (P8, the brake).
RECALL_BRAKE_AN_HOUR = int(os.environ.get("ENTREPOT_RECALL_BRAKE", "500"))

from entrepot.web.shell import UNFOLD  # noqa: E402,F401
