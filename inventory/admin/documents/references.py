"""What other records refer to: users of the source, currencies, taxes, groups of variants, composite products."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ...models import Composite, Currency, Product, ProductGroup, SourceUser, Tax
from .. import cells
from ..columns import Plain, moment, number, state_in_words, text
from ..mirror import MirrorAdmin, PresenceFilter, removed_tag
from ..panels import Banner, Table
from ..products import active_tag
from .page import lines_of, product_cell

MOST_VARIANTS = 100


class Named(MirrorAdmin):
    """Rows with a name, that are few."""

    list_filter: Sequence[Any] = (PresenceFilter, "is_active")
    more_columns: tuple[str, ...] = ("external_id", "source_modified_at", "synced_at")
    plain = {
        **MirrorAdmin.plain,
        "title": text("name"),
        "state": text("removed_at", "is_active", "status", make=state_in_words),
    }
    search_fields = ("name", "external_id")
    search_help_text = gettext_lazy("Name or external id")

    @display(description=gettext_lazy("name"), ordering="name")
    def title(self, row) -> object:
        return cells.words(row)

    @display(description=gettext_lazy("state"))
    def state(self, row) -> object:
        return removed_tag(row) or active_tag(row)


@admin.register(SourceUser)
class SourceUserAdmin(Named):
    list_display = ("title", "mail", "role_cell", "state", "age")
    more_columns = ("kind", *Named.more_columns)
    search_help_text = gettext_lazy("Name, e-mail or external id")
    plain = {**Named.plain, "mail": text("email"), "role_cell": text("role")}

    @display(description=gettext_lazy("e-mail"), ordering="email")
    def mail(self, user) -> object:
        return cells.ltr(user.email)

    @display(description=gettext_lazy("role"), ordering="role")
    def role_cell(self, user) -> object:
        return cells.words(user.role)


@admin.register(Currency)
class CurrencyAdmin(Named):
    list_display = ("code_cell", "title", "symbol_cell", "base", "rate", "rate_of", "presence")
    list_filter = (PresenceFilter,)
    more_columns = ("decimal_places", "format", *Named.more_columns)
    search_help_text = gettext_lazy("Code, name or external id")
    plain = {
        **Named.plain,
        "code_cell": text("code"),
        "symbol_cell": text("symbol"),
        "base": Plain("flag", ("is_base",)),
        "rate": number("exchange_rate"),
        "rate_of": moment("effective_date"),
    }

    @display(description=gettext_lazy("code"), ordering="code")
    def code_cell(self, currency) -> object:
        return cells.ltr(currency.code)

    @display(description=gettext_lazy("name"), ordering="name")
    def title(self, currency) -> object:
        return cells.words(currency.name)

    @display(description=gettext_lazy("symbol"))
    def symbol_cell(self, currency) -> object:
        return cells.words(currency.symbol)

    @display(description=gettext_lazy("base currency"), ordering="is_base")
    def base(self, currency) -> object:
        return cells.yes_no(currency.is_base)

    @display(description=gettext_lazy("exchange rate"), ordering="exchange_rate")
    def rate(self, currency) -> object:
        if currency.is_base or currency.exchange_rate is None:
            return cells.number(currency.exchange_rate)
        return cells.money(currency.exchange_rate, currency.organization.currency_code)

    @display(description=gettext_lazy("rate of"), ordering="effective_date")
    def rate_of(self, currency) -> object:
        return cells.moment(currency.effective_date)


@admin.register(Tax)
class TaxAdmin(Named):
    list_display = ("title", "share", "kind_cell", "default", "presence", "age")
    list_filter = (PresenceFilter,)
    more_columns = ("authority_name", *Named.more_columns)
    plain = {
        **Named.plain,
        "share": number("percentage"),
        "kind_cell": text("kind"),
        "default": Plain("flag", ("is_default",)),
    }

    @display(description=gettext_lazy("%"), ordering="percentage")
    def share(self, tax) -> object:
        return cells.percent(tax.percentage)

    @display(description=gettext_lazy("kind"), ordering="kind")
    def kind_cell(self, tax) -> object:
        return cells.words(tax.kind)

    @display(description=gettext_lazy("default"), ordering="is_default")
    def default(self, tax) -> object:
        return cells.yes_no(tax.is_default)


@admin.register(ProductGroup)
class ProductGroupAdmin(Named):
    list_display = ("title", "brand_cell", "variants", "state", "age")
    more_columns = ("manufacturer", "unit", *Named.more_columns)
    search_help_text = gettext_lazy("Name, brand or external id")
    plain = {
        **Named.plain,
        "brand_cell": text("brand"),
        "variants": number("product_external_ids", make=lambda ids: len(ids or ())),
    }

    @display(description=gettext_lazy("brand"), ordering="brand")
    def brand_cell(self, group) -> object:
        return cells.words(group.brand)

    @display(description=gettext_lazy("variants"))
    def variants(self, group) -> object:
        return cells.number(len(group.product_external_ids))

    def get_panels(self, request: HttpRequest, obj: ProductGroup) -> Iterable[object]:
        yield from super().get_panels(request, obj)
        ids = obj.product_external_ids[:MOST_VARIANTS]
        rows = Product.objects.filter(organization=obj.organization_id, external_id__in=ids)
        found = {row.external_id: row for row in rows.defer("payload", "detail_payload")}
        yield Table(
            title=_("Variants"),
            headers=[_("product"), _("SKU"), _("base price"), _("state")],
            rows=[
                [
                    cells.link_to(row),
                    cells.ltr(row.sku),
                    cells.money(row.unit_price, obj.organization.currency_code),
                    removed_tag(row) or active_tag(row),
                ]
                if (row := found.get(external_id))
                else [cells.ltr(external_id), cells.UNKNOWN, cells.UNKNOWN, _("not here yet")]
                for external_id in ids
            ],
            numeric=frozenset({2}),
            empty=_("The source names no variant."),
        )


@admin.register(Composite)
class CompositeAdmin(Named):
    list_display = ("title", "code_sku", "kind_cell", "state", "age")
    search_help_text = gettext_lazy("Name, SKU or external id")
    plain = {**Named.plain, "code_sku": text("sku"), "kind_cell": text("kind")}

    @display(description=gettext_lazy("SKU"), ordering="sku")
    def code_sku(self, composite) -> object:
        return cells.ltr(composite.sku)

    @display(description=gettext_lazy("kind"), ordering="kind")
    def kind_cell(self, composite) -> object:
        kinds = {"assembly": _("assembly"), "kit": _("kit")}
        return cells.words(kinds.get(composite.kind, composite.kind))

    def get_panels(self, request: HttpRequest, obj: Composite) -> Iterable[object]:
        yield from super().get_panels(request, obj)
        if obj.detail_at is None and not obj.is_removed:
            yield Banner(text=_("Its parts have not been read yet; they are read in the background."))
        yield Table(
            title=_("Parts"),
            headers=[_("product"), _("quantity"), _("unit")],
            rows=[
                [product_cell(line), cells.number(line.quantity), cells.words(line.unit)]
                for line in lines_of(obj)
            ],
            numeric=frozenset({1}),
            empty=_("No parts.") if obj.detail_at else _("Not read yet."),
        )
