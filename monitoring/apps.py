from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    name = "monitoring"
    verbose_name = _("Monitoring")

    def ready(self) -> None:
        from . import checks, handlers  # noqa: F401 (checks register themselves)
        from .metrics import receivers

        receivers.connect()
        handlers.connect()
