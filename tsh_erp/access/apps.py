from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "tsh_erp.access"
    label = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from . import logins, sessions

        user_logged_in.connect(sessions.note_login, dispatch_uid="access.begun")
        user_logged_in.connect(logins.note_login, dispatch_uid="access.note_login")
