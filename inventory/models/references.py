"""What other records refer to: users, currencies, taxes, groups of variants, composite products."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..mirror import (
    Detailed,
    Mirrored,
    external_key,
    mirror_constraints,
    mirror_indexes,
    money,
    text,
)
from ..mirror import (
    quantity as goods,
)
from ..searching import SearchTextField
from .documents import Part, export_permission, link, waiting


class SourceUser(Mirrored):
    """Somebody who works in the source; no account here."""

    SEARCHED = ("external_id", "name", "email")

    name = text(_("name"))
    email = text(_("e-mail"))
    role = text(_("role"))
    role_external_id = external_key(_("role's external id"))
    kind = text(_("kind"), 64, help_text=_("The source's word."))
    status = text(_("status"), 32)
    is_active = models.BooleanField(_("active"), null=True)
    search_text = SearchTextField()

    class Meta:
        verbose_name = _("user at the source")
        verbose_name_plural = _("users at the source")
        ordering = ["name", "pk"]
        permissions = export_permission("sourceuser")
        constraints = mirror_constraints("source_user")
        indexes = mirror_indexes("source_user")

    def __str__(self) -> str:
        return self.name or self.email or self.external_id


class Currency(Mirrored):
    """`exchange_rate`: one unit of it in the organisation's base currency, on `effective_date`."""

    SEARCHED = ("external_id", "code", "name")

    code = text(_("code"), 8)
    name = text(_("name"))
    symbol = text(_("symbol"), 16)
    decimal_places = models.IntegerField(_("decimal places"), null=True)
    format = text(_("format"), 64)
    is_base = models.BooleanField(_("base currency"), null=True)
    exchange_rate = money(_("exchange rate"), help_text=_("One unit of the currency in the base currency."))
    effective_date = models.DateField(_("rate of"), null=True)
    search_text = SearchTextField()

    class Meta:
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        ordering = ["code", "pk"]
        permissions = export_permission("currency")
        constraints = mirror_constraints("currency")
        indexes = mirror_indexes("currency")

    def __str__(self) -> str:
        return self.code or self.external_id


class Tax(Mirrored):
    SEARCHED = ("external_id", "name")

    name = text(_("name"))
    percentage = money(_("%"))
    kind = text(_("kind"), 64, help_text=_("The source's word, such as tax or compound_tax."))
    is_default = models.BooleanField(_("default"), null=True)
    authority_name = text(_("authority"))
    search_text = SearchTextField()

    class Meta:
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        ordering = ["name", "pk"]
        permissions = export_permission("tax")
        constraints = mirror_constraints("tax")
        indexes = mirror_indexes("tax")

    def __str__(self) -> str:
        return self.name or self.external_id


class ProductGroup(Mirrored):
    """Variants of one thing; each is a product of its own, whose `group_external_id` names this."""

    LOCAL_FIELDS = ("notes",)
    SEARCHED = ("external_id", "name", "brand")

    name = text(_("name"), 500)
    status = text(_("status"), 32)
    is_active = models.BooleanField(_("active"), null=True)
    brand = text(_("brand"))
    manufacturer = text(_("manufacturer"))
    unit = text(_("unit"), 64)
    description = models.TextField(_("description"), default="", blank=True)
    attributes = models.JSONField(_("attributes"), default=list, blank=True)
    product_external_ids = models.JSONField(_("products' external ids"), default=list, blank=True)
    custom_fields = models.JSONField(_("custom fields"), default=dict, blank=True)

    notes = models.TextField(_("notes"), default="", blank=True)
    search_text = SearchTextField()

    class Meta:
        verbose_name = _("product group")
        verbose_name_plural = _("product groups")
        ordering = ["name", "pk"]
        permissions = export_permission("productgroup")
        constraints = mirror_constraints("product_group")
        indexes = mirror_indexes("product_group")

    def __str__(self) -> str:
        return self.name or self.external_id


class Composite(Mirrored, Detailed):
    """How a composite product is put together: an assembly is made beforehand, a kit when it is sold."""

    SEARCHED = ("external_id", "sku", "name")

    product = link("inventory.Product", _("product"), related_name="compositions")
    product_external_id = external_key(_("product's external id"))
    name = text(_("name"), 500)
    sku = text(_("SKU"))
    kind = text(_("kind"), 32, help_text=_("The source's word: assembly or kit."))
    status = text(_("status"), 32)
    is_active = models.BooleanField(_("active"), null=True)
    search_text = SearchTextField()

    class Meta:
        verbose_name = _("composite product")
        verbose_name_plural = _("composite products")
        ordering = ["name", "pk"]
        permissions = export_permission("composite")
        constraints = mirror_constraints("composite")
        indexes = [
            *mirror_indexes("composite", "detail_is_due"),
            models.Index(fields=["product", "id"], name="composite_by_product"),
            waiting("product"),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class CompositePart(Part):
    document = models.ForeignKey(
        "inventory.Composite",
        on_delete=models.CASCADE,
        related_name="lines",
        verbose_name=_("composite product"),
    )
    product = link("inventory.Product", _("product"))
    product_external_id = external_key(_("product's external id"))
    name = text(_("name"), 500)
    unit = text(_("unit"), 64)
    quantity = goods(_("quantity"))

    class Meta(Part.Meta):
        verbose_name = _("part of a composite product")
        verbose_name_plural = _("parts of composite products")
        indexes = [
            models.Index(fields=["product", "-id"], name="compositepart_by_product"),
            waiting("product"),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id
