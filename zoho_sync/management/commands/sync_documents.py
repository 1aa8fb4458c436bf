from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from zoho_sync.processors import registry

from ..group import GroupCommand


class Command(GroupCommand):
    help = gettext_lazy(
        "Mirror orders, invoices, payments, bills and all other documents, with vendors, users, currencies and taxes."
    )

    def busy_entities(self, options: dict[str, Any]) -> Sequence[str]:
        return registry.documents()
