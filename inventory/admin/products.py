from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ..models import Product
from ..status import with_sellable
from . import cells, product_page, why
from .causes import Causes
from .columns import moment, money, number, state_in_words, text
from .filters import ChangedFilter, PictureFilter, PriceFilter, SkuFilter, StockFilter
from .integrity.records import finding_panels
from .mirror import MirrorAdmin, PresenceFilter, removed_tag
from .pictures import thumbnail
from .why_page import WhyPage


@admin.register(Product)
class ProductAdmin(WhyPage, MirrorAdmin):
    list_display = ("title", "code_sku", "sellable_now", "price", "group", "stock_age", "state")
    list_filter = (
        PresenceFilter, "is_active", StockFilter, SkuFilter, PriceFilter, ChangedFilter, PictureFilter, "is_tracked",
        "is_hidden",
    )  # fmt: skip
    more_columns = (
        "external_id", "ean", "upc", "part_number", "brand", "manufacturer", "unit", "item_type", "purchase_price",
        "reorder_level", "reorder_point", "is_tracked", "is_hidden", "vendor_name", "source_modified_at", "synced_at",
    )  # fmt: skip
    plain = {
        "title": text("name"),
        "code_sku": text("sku"),
        "sellable_now": number(
            "sellable_total", "sellable_unknown", make=lambda total, unknown: None if unknown else total
        ),
        "price": money("unit_price", "organization__currency_code"),
        "group": text("category_name"),
        "stock_age": moment("stock_check__verified_at"),
        "state": text("removed_at", "is_active", "status", make=state_in_words),
    }
    list_select_related = ("organization", "stock_check", "picture")
    search_fields = ("name", "sku", "external_id", "ean", "upc", "part_number")
    search_help_text = gettext_lazy("Name, SKU, barcode, part number or external id")
    sections = (
        (
            gettext_lazy("Product"),
            ("name", "sku", "status", "item_type", "product_type", "unit", "is_tracked", "is_combo",
             "can_be_sold", "can_be_purchased", "is_returnable", "description"),
        ),
        (
            gettext_lazy("Group, brand and codes"),
            ("category_name", "brand", "manufacturer", "group_name", "attributes", "custom_fields", "tags",
             "upc", "ean", "isbn", "part_number", "vendor_name"),
        ),
        (
            gettext_lazy("Accounts and tax"),
            ("tax_name", "tax_percentage", "account_name", "purchase_account_name"),
        ),
        (
            gettext_lazy("Ordering and size"),
            ("reorder_level", "minimum_order_quantity", "maximum_order_quantity", "length", "width", "height",
             "dimension_unit", "weight", "weight_unit", "image_name"),
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return with_sellable(super().get_queryset(request))

    def exported_rows(self) -> models.QuerySet:
        return with_sellable(super().exported_rows())

    # --- List ------------------------------------------------------------------------------------

    @display(description=gettext_lazy("product"), ordering="name")
    def title(self, product) -> object:
        """With its picture before it."""
        name = cells.words(product.name or product.external_id)
        return format_html('<span class="tsh-thumbed">{}{}</span>', thumbnail(product), name)

    @display(description=gettext_lazy("SKU"), ordering="sku")
    def code_sku(self, product) -> object:
        return cells.ltr(product.sku)

    @display(description=gettext_lazy("sellable"))
    def sellable_now(self, product) -> object:
        return cells.number(None if product.sellable_unknown else product.sellable_total)

    @display(description=gettext_lazy("base price"), ordering="unit_price")
    def price(self, product) -> object:
        return cells.money(product.unit_price, product.organization.currency_code)

    @display(description=gettext_lazy("category"), ordering="category_name")
    def group(self, product) -> object:
        return cells.words(product.category_name)

    @display(description=gettext_lazy("stock verified"))
    def stock_age(self, product) -> object:
        check = getattr(product, "stock_check", None)
        return cells.age(check.verified_at if check else None)

    @display(description=gettext_lazy("state"))
    def state(self, product) -> object:
        return removed_tag(product) or active_tag(product)

    # --- One product -----------------------------------------------------------------------------

    def get_panels(self, request: HttpRequest, obj: Product) -> Iterable[object]:
        yield from super().get_panels(request, obj)
        yield from product_page.upper(self.story(request, obj))
        yield from finding_panels(request, obj)

    def get_lower_panels(self, request: HttpRequest, obj: Product) -> Iterable[object]:
        yield from product_page.lower(self.story(request, obj))
        yield from super().get_lower_panels(request, obj)

    def story(self, request: HttpRequest, obj: Product) -> product_page.Story:
        """Read once for both halves of the page."""
        told = getattr(request, "product_story", None)
        if told is None or told.product.pk != obj.pk:
            may = request.user.has_perm
            sees_documents = request.user.has_perms(why.NEEDED)
            told = request.product_story = product_page.read(obj, may, with_documents=sees_documents)
        return told

    def causes(self, request: HttpRequest, obj: Product) -> Causes:
        return self.story(request, obj).causes


def active_tag(row) -> object:
    """The source's own word for a state is kept when it is neither active nor inactive."""
    if row.is_active is None:
        return cells.tag(row.status) if row.status else cells.UNKNOWN
    return cells.tag(_("active"), "good") if row.is_active else cells.tag(_("inactive"), "quiet")
