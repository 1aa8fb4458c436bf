"""What moves stock without being bought or sold: adjustments and transfers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..mirror import external_key, money, text
from .documents import Document, Line, export_permission, link, parent, waiting


class Adjustment(Document):
    """A correction of quantity or of value, with its reason."""

    SEARCHED = (*Document.SEARCHED, "reason")
    OPEN = ("draft", "pending_approval")
    VOID = ("void", "draft", "rejected")

    kind = text(_("kind"), 32, help_text=_("The source's word: quantity or value."))
    reason = text(_("reason"), 500)
    total = money(_("value"))

    class Meta(Document.Meta):
        verbose_name = _("inventory adjustment")
        verbose_name_plural = _("inventory adjustments")
        permissions = export_permission("adjustment")


class AdjustmentLine(Line):
    """`quantity` is a difference: negative took away."""

    document = parent("inventory.Adjustment", _("inventory adjustment"))
    value = money(_("value"))
    account_name = text(_("account"))

    class Meta(Line.Meta):
        verbose_name = _("line of an adjustment")
        verbose_name_plural = _("lines of adjustments")


class TransferOrder(Document):
    """From one place to another; in transit until it has been received."""

    OPEN = ("draft", "in_transit", "intransit", "pending_approval", "approved", "partially_received")

    to_warehouse = link("inventory.Warehouse", _("to"))
    to_warehouse_external_id = external_key(_("receiving place's external id"))
    is_in_transit = models.BooleanField(_("in transit"), null=True)

    class Meta(Document.Meta):
        verbose_name = _("transfer order")
        verbose_name_plural = _("transfer orders")
        permissions = export_permission("transferorder")
        indexes = [*Document.Meta.indexes, waiting("to_warehouse")]


class TransferOrderLine(Line):
    document = parent("inventory.TransferOrder", _("transfer order"))

    class Meta(Line.Meta):
        verbose_name = _("line of a transfer order")
        verbose_name_plural = _("lines of transfer orders")
