from django.apps import AppConfig
from django.db.backends.signals import connection_created

from entrepot.base.connect import on_connection


class BaseConfig(AppConfig):
    name = "entrepot.base"
    label = "base"

    def ready(self) -> None:
        connection_created.connect(on_connection, dispatch_uid="entrepot.clock")
