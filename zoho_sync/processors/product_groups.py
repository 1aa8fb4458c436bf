"""Zoho item groups: what their variants have in common. Each variant is an ordinary item as well."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.models import ProductGroup

from .base import Field, Mapping, Processor, custom_fields, one_row
from .converters import equals, key, moment, plain
from .registry import register


def _computed(payload: dict) -> dict[str, Any]:
    """The list names attributes as attribute_name1 to 3, the detail with their options."""
    result = custom_fields(payload)
    if isinstance(payload.get("attributes"), list):
        result["attributes"] = [plain(each) for each in payload["attributes"] if isinstance(each, dict)]
    if isinstance(payload.get("items"), list):
        found = (key(each.get("item_id")) for each in payload["items"] if isinstance(each, dict))
        result["product_external_ids"] = [each for each in found if each]
    return result


mapping = Mapping(
    model=ProductGroup,
    fields={
        "name": Field("group_name", required=True),
        "status": Field("status"),
        "is_active": Field("status", equals("active")),
        "brand": Field("brand"),
        "manufacturer": Field("manufacturer"),
        "unit": Field("unit"),
        "description": Field("description"),
        "source_created_at": Field("created_time", moment),
        "source_modified_at": Field("last_modified_time", moment),
    },
    computed=_computed,
)

product_groups = register(
    Processor(
        entity="product_groups",
        label=_("Product groups"),
        mapping=mapping,
        path="itemgroups",
        list_key="itemgroups",
        id_key="group_id",
        detail_key="item_group",
        expand=one_row(mapping, "group_id"),
        is_background=True,
        depends_on=("products",),
    )
)
