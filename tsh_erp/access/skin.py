"""The skin as an app, with our site, and so our login, in place of its own."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin import sites
from unfold.apps import BasicAppConfig


class SkinConfig(BasicAppConfig):
    default = False

    def ready(self) -> None:
        from .site import Site  # needs the models

        admin.site = sites.site = Site()
