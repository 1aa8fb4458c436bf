from __future__ import annotations

from django.utils.translation import gettext_lazy

from ..base import SyncCommand


class Command(SyncCommand):
    help = gettext_lazy("Mirror Zoho's locations as warehouses. The whole list is one call, in either mode.")
    entity = "warehouses"
    takes_since = False
