"""The web application for an ASGI server."""

from django.core.asgi import get_asgi_application

from entrepot.app import logs

logs.set_up()
application = get_asgi_application()
