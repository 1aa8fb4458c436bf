from __future__ import annotations

from django.utils.translation import gettext_lazy

from ..group import GroupCommand


class Command(GroupCommand):
    help = gettext_lazy(
        "Mirror everything: warehouses, products, price lists, stock and customers, in an order that fits."
    )
