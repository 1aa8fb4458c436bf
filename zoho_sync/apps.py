from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ZohoSyncConfig(AppConfig):
    name = "zoho_sync"
    verbose_name = _("Zoho sync")

    def ready(self):
        from . import checks, queue_checks  # noqa: F401  importing registers them
