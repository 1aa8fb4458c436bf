"""Details that prove nothing any more: read again with the same bytes they are news, and do not pass for unchanged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from inventory.mirror import Detailed
from inventory.models import Product, StockCheck, StockLevel

from ..processors.base import Kind, Mapping
from ..work import Work
from . import lookups

if TYPE_CHECKING:
    from .page import Prepared


def of_page(work: Work, prepared: Prepared, failed_units: set[str]) -> None:
    """Records of which the database has refused a part."""
    partly = failed_units & prepared.hashes.keys()
    if partly and prepared.page.kind is Kind.DETAIL and issubclass(work.processor.model, Detailed):
        lookups.forget_details(work.processor.model, work.organization.pk, partly)


def of_parts(work: Work, mapping: Mapping, absent: Iterable[str]) -> None:
    """Records whose planned parts, lines of documents say, have not come in. absent: the parts' external ids."""
    parents = {external_id.partition(":")[0] for external_id in absent}
    if parents:
        lookups.forget_details(mapping.links[mapping.set_of].model, work.organization.pk, parents)


def of_levels(work: Work, external_ids: Iterable[str]) -> None:
    """Products whose stock was written from something older than their details."""
    levels = StockLevel.objects.filter(organization=work.organization, external_id__among=list(external_ids))
    of_products(levels.order_by().values_list("product_id", flat=True).distinct())


def of_products(keys: Iterable[int]) -> None:
    keys = list(keys)
    StockCheck.objects.filter(product__in=keys).exclude(detail_hash="").update(detail_hash="")
    Product.objects.filter(pk__in=keys).exclude(detail_hash="").update(detail_hash="")
