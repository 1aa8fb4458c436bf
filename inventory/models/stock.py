from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..mirror import Mirrored, mirror_constraints, mirror_indexes, money, quantity


class StockLevel(Mirrored):
    """The figures of one product in one warehouse.

    Accounting figures move with invoices and bills, physical ones with shipments and receipts.
    available_for_sale = available - committed, as the source computes it.
    """

    FIGURES = (
        "on_hand",
        "available",
        "committed",
        "available_for_sale",
        "physical_available",
        "physical_committed",
        "physical_available_for_sale",
        "in_transit",
    )

    product = models.ForeignKey(
        "inventory.Product", on_delete=models.CASCADE, related_name="stock", verbose_name=_("product")
    )
    warehouse = models.ForeignKey(
        "inventory.Warehouse", on_delete=models.CASCADE, related_name="stock", verbose_name=_("warehouse")
    )
    on_hand = quantity(_("on hand"))
    available = quantity(_("available"))
    committed = quantity(_("committed"))
    available_for_sale = quantity(_("available for sale"))
    physical_available = quantity(_("physically available"))
    physical_committed = quantity(_("physically committed"))
    physical_available_for_sale = quantity(_("physically available for sale"))
    in_transit = quantity(_("in transit"))
    asset_value = money(_("value"), help_text=_("In the organisation's base currency."))
    is_mapped = models.BooleanField(_("kept here"), null=True)

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        ordering = ["product_id", "warehouse_id"]
        permissions = [("export_stocklevel", "Can export stock levels")]
        constraints = [
            *mirror_constraints("stock_level"),
            models.UniqueConstraint(fields=["product", "warehouse"], name="stock_level_one_per_place"),
        ]
        indexes = mirror_indexes("stock_level")

    def __str__(self) -> str:
        return f"{self.product_id} @ {self.warehouse_id}: {self.available_for_sale}"


class StockCheck(models.Model):
    """When a product's stock was last verified at the source, and what its listing said then.

    A narrow row of its own, so that verifying without a change never rewrites the wide ones. `listed_…` are the
    totals of the item's list row: a difference there tells the incremental run which items to read again.
    """

    product = models.OneToOneField(
        "inventory.Product", on_delete=models.CASCADE, primary_key=True, related_name="stock_check"
    )
    organization = models.ForeignKey("inventory.Organization", on_delete=models.CASCADE, related_name="+")
    verified_at = models.DateTimeField(_("verified"), null=True)
    detail_hash = models.CharField(max_length=32, default="")
    listed_on_hand = quantity(_("on hand, listed"))
    listed_available = quantity(_("available, listed"))
    listed_physical_available = quantity(_("physically available, listed"))

    class Meta:
        verbose_name = _("stock verification")
        verbose_name_plural = _("stock verifications")
        indexes = [models.Index(fields=["organization", "verified_at"], name="stock_check_oldest_first")]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.verified_at}"
