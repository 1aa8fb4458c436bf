"""Codes that do not name one product: none at all, or one that several have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..models import Organization, Product, Severity, StockLevel
from . import wording
from .base import Check, Fact
from .parameters import Flag
from .registry import register
from .repeats import SharedText, only_active


@register
class DuplicateSkus(SharedText):
    key = "duplicate_skus"
    column = "sku"
    title = gettext_lazy("SKUs that several products share")
    meaning = gettext_lazy(
        "Two products or more have the same SKU; capital letters and spaces make no difference. Whoever types or "
        "scans it "
        "gets the wrong one."
    )
    what_to_do = gettext_lazy(
        "Decide at the source which of them keeps the code, and give the others codes of their own."
    )
    severity = Severity.ERROR
    material_words = gettext_lazy("the products that share it")
    parameters = (only_active(gettext_lazy("Only active products")),)

    def sentence(self, facts: Mapping[str, Any]) -> str:
        told = ngettext(
            "%(count)s product has the SKU %(text)s: %(names)s.",
            "%(count)s products have the SKU %(text)s: %(names)s.",
            facts["count"],
        )
        names = wording.names(facts["names"])
        more = facts["count"] - len(facts["names"])
        if more:
            names = _("%(names)s and %(count)s more") % {"names": names, "count": wording.number(more)}
        return told % {
            "count": wording.number(facts["count"]),
            "text": wording.code(facts["text"]),
            "names": names,
        }


@register
class MissingSkus(Check):
    key = "missing_skus"
    title = gettext_lazy("Products without a SKU")
    meaning = gettext_lazy(
        "The product has no code, so that it is found by its name alone, and no scanner knows it."
    )
    what_to_do = gettext_lazy(
        "Give it a SKU at the source. Where products are meant to have none, switch this check off."
    )
    severity = Severity.INFO
    reads = ("product", "stock_level")
    material_words = gettext_lazy("nothing; it stays ignored until it has a SKU")
    parameters = (
        only_active(gettext_lazy("Only active products")),
        Flag(
            name="only_stocked",
            label=gettext_lazy("Only products with some on hand"),
            default=False,
            help=gettext_lazy("In any warehouse, whether or not it sells."),
        ),
    )

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        rows = Product.objects.live().filter(organization=organization, sku="")
        if chosen["only_active"]:
            rows = rows.exclude(is_active=False)
        if chosen["only_stocked"]:
            rows = rows.filter(
                Exists(StockLevel.objects.live().filter(product=OuterRef("pk"), on_hand__gt=0))
            )
        for key, name, external_id in rows.order_by("pk").values_list("pk", "name", "external_id").iterator():
            yield Fact(
                str(key), {"product": key, "name": name or external_id}, "product", key, name or external_id
            )

    def sentence(self, facts: Mapping[str, Any]) -> str:
        return _("%(name)s has no SKU.") % {"name": wording.name(facts["name"])}
