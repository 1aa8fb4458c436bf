"""Warehouses and products."""

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
    quantity,
    text,
)
from ..searching import SearchTextField


class Warehouse(Mirrored):
    """A place that may hold stock. Matched by id, never by name: names change."""

    LOCAL_FIELDS = ("sells", "notes")
    SEARCHED = ("external_id", "name")

    name = text(_("name"))
    kind = text(_("kind"), 32, help_text=_("The source's word, such as general."))
    status = text(_("status"), 32)
    is_active = models.BooleanField(_("active"), null=True)
    is_primary = models.BooleanField(_("primary"), null=True)
    parent_external_id = external_key(_("parent's external id"))
    address = models.JSONField(_("address"), default=dict, blank=True)
    phone = text(_("phone"), 64)
    email = text(_("e-mail"))

    sells = models.BooleanField(
        _("sells"),
        default=False,
        help_text=_("Stock here counts as sellable. Only staff set this."),
    )
    notes = models.TextField(_("notes"), default="", blank=True)
    search_text = SearchTextField()

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        ordering = ["name", "pk"]
        permissions = [("export_warehouse", "Can export warehouses")]
        constraints = mirror_constraints("warehouse")
        indexes = mirror_indexes("warehouse")

    def __str__(self) -> str:
        return self.name or self.external_id


class Product(Mirrored, Detailed):
    """Something bought and sold. The key is the external id: more than half the rows have no SKU, and SKUs repeat."""

    LOCAL_FIELDS = ("reorder_point", "is_hidden", "notes")
    SEARCHED = ("external_id", "sku", "ean", "upc", "isbn", "part_number", "name")

    name = text(_("name"), 500)
    sku = text(_("SKU"))
    description = models.TextField(_("description"), default="", blank=True)
    status = text(_("status"), 32)
    is_active = models.BooleanField(_("active"), null=True)
    unit = text(_("unit"), 64)
    item_type = text(_("kind"), 32, help_text=_("The source's word, such as inventory or sales."))
    product_type = text(_("goods or service"), 32)
    can_be_sold = models.BooleanField(_("can be sold"), null=True)
    can_be_purchased = models.BooleanField(_("can be purchased"), null=True)
    is_tracked = models.BooleanField(_("stock is tracked"), null=True)
    is_returnable = models.BooleanField(_("returnable"), null=True)
    is_combo = models.BooleanField(_("composite"), null=True)

    unit_price = money(_("base price"), help_text=_("In the organisation's base currency."))
    purchase_price = money(_("purchase price"), help_text=_("In the organisation's base currency."))
    tax_external_id = external_key(_("tax's external id"))
    tax_name = text(_("tax"))
    tax_percentage = money(_("tax %"))
    account_external_id = external_key(_("sales account's external id"))
    account_name = text(_("sales account"))
    purchase_account_external_id = external_key(_("purchase account's external id"))
    purchase_account_name = text(_("purchase account"))

    category_external_id = external_key(_("category's external id"))
    category_name = text(_("category"))
    brand = text(_("brand"))
    manufacturer = text(_("manufacturer"))
    group_external_id = external_key(_("group's external id"))
    group_name = text(_("group"))
    attributes = models.JSONField(_("attributes"), default=list, blank=True)
    custom_fields = models.JSONField(_("custom fields"), default=dict, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)

    upc = text("UPC", 64)
    ean = text("EAN", 64)
    isbn = text("ISBN", 64)
    part_number = text(_("part number"), 128)
    reorder_level = quantity(_("reorder level at the source"))
    length = quantity(_("length"))
    width = quantity(_("width"))
    height = quantity(_("height"))
    dimension_unit = text(_("unit of length"), 16)
    weight = quantity(_("weight"))
    weight_unit = text(_("unit of weight"), 16)
    image_name = text(_("picture"))
    image_type = text(_("picture's type"), 32)
    image_document_id = external_key(_("picture's document id"))

    vendor_external_id = external_key(_("vendor's external id"))
    vendor_name = text(_("vendor"))
    minimum_order_quantity = quantity(_("minimum order"))
    maximum_order_quantity = quantity(_("maximum order"))

    reorder_point = quantity(_("our reorder point"), help_text=_("Ours: at or below it the product is low."))
    is_hidden = models.BooleanField(_("hidden"), default=False)
    notes = models.TextField(_("notes"), default="", blank=True)
    search_text = SearchTextField()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name", "pk"]
        permissions = [
            ("export_product", "Can export products"),
            ("look_up_product", "Can look up stock and prices"),
        ]
        constraints = mirror_constraints("product")
        indexes = [
            *mirror_indexes("product", "is_tracked"),
            # The list page's order; a page of live rows is found without reading one.
            models.Index(fields=["name", "id", "removed_at"], name="product_by_name"),
            # Looked through for words, and tells the key itself; PostgreSQL orders it byte by byte.
            models.Index(
                fields=["search_text", "id"],
                name="product_by_words",
                opclasses=["text_pattern_ops", "int8_ops"],
            ),
            models.Index(fields=["sku"], name="product_by_sku"),  # look-up by code
            models.Index(  # which pictures are named; tells what they are compared by
                fields=["organization", "id", "image_document_id", "image_name"],
                condition=models.Q(removed_at__isnull=True) & ~models.Q(image_name="", image_document_id=""),
                name="product_with_picture",
            ),
            models.Index(  # the stock lane's walk
                fields=["organization", "id"],
                condition=models.Q(removed_at__isnull=True, is_tracked=True),
                name="product_tracked_live",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id
