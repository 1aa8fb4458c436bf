from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..mirror import Detailed, Mirrored, external_key, mirror_constraints, mirror_indexes, money, text
from ..searching import SearchTextField


class PriceList(Mirrored, Detailed):
    """A named set of prices in one currency, or a percentage upon the base price."""

    LOCAL_FIELDS = ("notes",)
    SEARCHED = ("external_id", "name")

    name = text(_("name"))
    description = models.TextField(_("description"), default="", blank=True)
    status = text(_("status"), 32)
    is_active = models.BooleanField(_("active"), null=True)
    is_default = models.BooleanField(_("default"), null=True)
    direction = text(_("sales or purchases"), 32)
    kind = text(_("kind"), 32, help_text=_("per_item, or fixed_percentage upon the base price."))
    scheme = text(_("scheme"), 32, help_text=_("unit, or volume with brackets by quantity."))
    currency_external_id = external_key(_("currency's external id"))
    currency_code = text(_("currency"), 8)
    percentage = money(_("percentage"))
    is_increase = models.BooleanField(_("percentage is added"), null=True)
    rounding_type = text(_("rounding"), 64)
    decimal_places = models.IntegerField(_("decimals"), null=True)

    notes = models.TextField(_("notes"), default="", blank=True)
    search_text = SearchTextField()

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering = ["name", "pk"]
        permissions = [("export_pricelist", "Can export price lists")]
        constraints = mirror_constraints("price_list")
        indexes = mirror_indexes("price_list")

    def __str__(self) -> str:
        return f"{self.name or self.external_id} ({self.currency_code})" if self.currency_code else self.name


class PriceListItem(Mirrored):
    """One product's price in one list and currency. `rate` is None where the list has none or prices by brackets.

    brackets: [{"start": "10", "end": "19" or null, "rate": "8.10"}], decimals as text, ordered by start.
    """

    price_list = models.ForeignKey(
        PriceList,
        on_delete=models.CASCADE,
        related_name="items",
        verbose_name=_("price list"),
        db_index=False,  # price_by_list begins with it
    )
    product = models.ForeignKey(
        "inventory.Product", on_delete=models.CASCADE, related_name="prices", verbose_name=_("product")
    )
    currency_code = text(_("currency"), 8)
    rate = money(_("price"))
    discount_percent = money(_("discount %"))
    brackets = models.JSONField(_("brackets"), default=list, blank=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering = ["price_list_id", "product_id"]
        permissions = [("export_pricelistitem", "Can export prices")]
        constraints = [
            *mirror_constraints("price"),
            models.UniqueConstraint(
                fields=["price_list", "product", "currency_code"], name="price_one_per_product"
            ),
        ]
        indexes = [
            *mirror_indexes("price"),
            models.Index(fields=["price_list", "removed_at"], name="price_by_list"),  # counted by it alone
        ]

    def __str__(self) -> str:
        return f"{self.product_id} @ {self.price_list_id}: {self.rate} {self.currency_code}"
