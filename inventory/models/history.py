"""What a figure was before, what it is after, when, and who brought it. Rows are only ever added."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..mirror import money, quantity, text


class StockChange(models.Model):
    """One figure of one stock level changed. The first load of an organisation writes none: nothing was before."""

    level = models.ForeignKey(
        "inventory.StockLevel",
        on_delete=models.CASCADE,
        related_name="changes",
        verbose_name=_("stock level"),
    )
    figure = models.CharField(_("figure"), max_length=32)
    before = quantity(_("before"))
    after = quantity(_("after"))
    changed_at = models.DateTimeField(_("seen at"))
    cause = models.CharField(_("brought by"), max_length=64, default="")

    class Meta:
        verbose_name = _("stock change")
        verbose_name_plural = _("stock changes")
        ordering = ["-changed_at", "-pk"]
        indexes = [models.Index(fields=["level", "-changed_at"], name="stock_change_newest_first")]

    def __str__(self) -> str:
        return f"{self.figure}: {self.before} → {self.after}"


class PriceChange(models.Model):
    """One price changed: a product's base or purchase price, or its price in a list.

    Bracket prices change as a whole: figure "brackets", with the brackets before and after as JSON.
    """

    product = models.ForeignKey(
        "inventory.Product", on_delete=models.CASCADE, related_name="price_changes", verbose_name=_("product")
    )
    price_list = models.ForeignKey(
        "inventory.PriceList",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("price list"),
        help_text=_("Empty for the product's own prices."),
    )
    currency_code = text(_("currency"), 8)
    figure = models.CharField(_("figure"), max_length=32)
    before = money(_("before"))
    after = money(_("after"))
    brackets_before = models.JSONField(_("brackets before"), null=True)
    brackets_after = models.JSONField(_("brackets after"), null=True)
    changed_at = models.DateTimeField(_("seen at"))
    cause = models.CharField(_("brought by"), max_length=64, default="")

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        ordering = ["-changed_at", "-pk"]
        indexes = [models.Index(fields=["product", "-changed_at"], name="price_change_newest_first")]

    def __str__(self) -> str:
        return f"{self.figure}: {self.before} → {self.after}"
