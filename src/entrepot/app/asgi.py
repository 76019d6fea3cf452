"""The web application for an ASGI server."""

import os
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application

from entrepot.app import logs

MOST_CONNECTIONS = int(os.environ.get("ENTREPOT_WEB_CONNECTIONS", "20"))
WAIT_S = 3  # for a free connection; then the request is refused instead of waiting on


def use_pool(database: dict[str, Any]) -> None:
    """Connections come from a pool of the process: a request runs in a thread of its own, and would leave its own behind."""
    database["CONN_MAX_AGE"] = 0
    database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": MOST_CONNECTIONS, "timeout": WAIT_S}


logs.set_up()
use_pool(settings.DATABASES["default"])
application = get_asgi_application()
