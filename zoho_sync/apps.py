from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ZohoSyncConfig(AppConfig):
    name = "zoho_sync"
    verbose_name = _("Zoho sync")

    def ready(self):
        # Importing registers them: checks, and lookups.
        from . import among, checks, queue_checks, unsought  # noqa: F401
