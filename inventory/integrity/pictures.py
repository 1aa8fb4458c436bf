"""Products that are shown to customers without a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Organization, Product, Severity, StockLevel
from . import wording
from .base import Check, Fact
from .parameters import Flag
from .registry import register


@register
class MissingPictures(Check):
    key = "missing_pictures"
    title = gettext_lazy("Products without a picture")
    meaning = gettext_lazy(
        "The source has no picture of an active product, so that salesmen and customers see an empty frame."
    )
    what_to_do = gettext_lazy("Take one, and add it to the product at the source.")
    severity = Severity.INFO
    reads = ("product", "stock_level")
    material_words = gettext_lazy("nothing; it stays ignored until there is a picture")
    parameters = (
        Flag(
            name="only_stocked",
            label=gettext_lazy("Only products with some on hand"),
            default=True,
            help=gettext_lazy("In a warehouse that sells."),
        ),
    )

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        rows = Product.objects.live().filter(
            organization=organization, image_name="", image_document_id="", is_active=True
        )
        if chosen["only_stocked"]:
            held = StockLevel.objects.live().filter(
                product=OuterRef("pk"), on_hand__gt=0, warehouse__sells=True, warehouse__removed_at=None
            )
            rows = rows.filter(Exists(held))
        columns = ("pk", "name", "external_id", "sku")
        for key, name, external_id, sku in rows.order_by("pk").values_list(*columns).iterator():
            told = name or external_id
            yield Fact(str(key), {"product": key, "name": told}, "product", key, told, sku)

    def sentence(self, facts: Mapping[str, Any]) -> str:
        return _("%(name)s has no picture at the source.") % {"name": wording.name(facts["name"])}
