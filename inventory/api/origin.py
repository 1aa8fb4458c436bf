"""The columns that every mirrored row has: who it is, where it comes from, how old it is, whether it still exists."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from .columns import Column, key, moment, nested, text


class ProductReference(serializers.Serializer):
    id = serializers.CharField()
    external_id = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    sku = serializers.CharField(allow_blank=True)


class PriceListReference(serializers.Serializer):
    id = serializers.CharField()
    external_id = serializers.CharField()
    name = serializers.CharField(allow_blank=True)


class WarehouseReference(serializers.Serializer):
    id = serializers.CharField()
    external_id = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    sells = serializers.BooleanField(help_text="Stock here counts as sellable.")


def identity() -> tuple[Column, ...]:
    return (
        key("id", "Ours; opaque text.", "pk"),
        text("external_id", "The source's id; opaque text."),
        text("organization", "External id of the company it belongs to.", "organization__external_id"),
    )


def origin() -> tuple[Column, ...]:
    return (
        moment("source_created_at", "Created at the source."),
        moment("source_modified_at", "Changed at the source, as the source tells it."),
        moment("synced_at", "When the source was asked for what is stored here.", known=True),
        text("cause", "The run, webhook or person that brought it, such as `run 12`."),
        moment("edited_at", "Last edited by staff."),
        moment("removed_at", "When it was found to have left the source; null while it exists there."),
        text("removed_reason", "Why it is gone."),
    )


def product(**extra: Any) -> Column:
    form = ProductReference(required=False, **extra)
    paths = ("product_id", "product__external_id", "product__name", "product__sku")
    return nested("product", form, paths, product_told)


def warehouse() -> Column:
    paths = ("warehouse_id", "warehouse__external_id", "warehouse__name", "warehouse__sells")
    return nested("warehouse", WarehouseReference(required=False), paths, warehouse_told)


def price_list(told: str, **extra: Any) -> Column:
    form = PriceListReference(required=False, help_text=told, **extra)
    paths = ("price_list_id", "price_list__external_id", "price_list__name")
    return nested("price_list", form, paths, price_list_told)


def product_told(pk: int, external_id: str, name: str, sku: str) -> dict[str, Any]:
    return {"id": str(pk), "external_id": external_id, "name": name, "sku": sku}


def warehouse_told(pk: int, external_id: str, name: str, sells: bool) -> dict[str, Any]:
    return {"id": str(pk), "external_id": external_id, "name": name, "sells": sells}


def price_list_told(pk: int | None, external_id: str, name: str) -> dict[str, Any] | None:
    return None if pk is None else {"id": str(pk), "external_id": external_id, "name": name}
