from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "entrepot.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib import admin
        from django.contrib.admin import sites

        from entrepot.web.site import BackOffice

        admin.site = sites.site = BackOffice()
