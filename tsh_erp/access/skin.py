"""The skin as an app, with our site, and so our login, in place of its own; the admin as one that loads late."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin import checks as admin_checks
from django.contrib.admin import sites
from django.contrib.admin.apps import SimpleAdminConfig
from django.core.checks import CheckMessage, Tags, register
from unfold.apps import BasicAppConfig


class SkinConfig(BasicAppConfig):
    default = False

    def ready(self) -> None:
        from .site import Site  # needs the models

        admin.site = sites.site = Site()


class PagesConfig(SimpleAdminConfig):
    """The admin without its pages, which are half of all that can be loaded, and which no worker shows.

    tsh_erp/urls.py finds them; whoever needs an address has them then.
    """

    def ready(self) -> None:
        register(admin_checks.check_dependencies, Tags.admin)
        register(check_pages, Tags.admin)


def check_pages(app_configs: Any, **more: Any) -> list[CheckMessage]:
    """Django's own check of every page of the admin, once they are here."""
    import_module(settings.ROOT_URLCONF)
    return admin_checks.check_admin_app(app_configs, **more)
