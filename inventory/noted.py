"""What is noted in the journal of changes: which tables have entries of their own, and what is told along with a row.

Names of kinds stand in the journal (RowChange.kind) and are at most 16 characters long.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from .mirror import Mirrored
from .models import (
    Adjustment,
    Bill,
    Composite,
    CreditNote,
    Currency,
    Customer,
    CustomerPayment,
    Invoice,
    Organization,
    Package,
    PriceList,
    PriceListItem,
    Product,
    ProductGroup,
    ProductPicture,
    PurchaseOrder,
    SalesOrder,
    SalesReturn,
    SourceUser,
    StockLevel,
    Tax,
    TransferOrder,
    Vendor,
    VendorCredit,
    Warehouse,
)

KINDS: dict[str, type[models.Model]] = {
    "product": Product,
    "customer": Customer,
    "price_list": PriceList,
    "price": PriceListItem,
    "stock_level": StockLevel,
    "warehouse": Warehouse,
    "sales_order": SalesOrder,
    "invoice": Invoice,
    "customer_payment": CustomerPayment,
    "credit_note": CreditNote,
    "package": Package,
    "sales_return": SalesReturn,
    "vendor": Vendor,
    "purchase_order": PurchaseOrder,
    "bill": Bill,
    "vendor_credit": VendorCredit,
    "adjustment": Adjustment,
    "transfer_order": TransferOrder,
    "source_user": SourceUser,
    "currency": Currency,
    "tax": Tax,
    "product_group": ProductGroup,
    "composite": Composite,
}


@dataclass(frozen=True)
class Along:
    """When one of `columns` of a row changes (or it is new, where `from_birth`), other rows are told anew: those of
    `kind` whose keys stand in `key` of the rows of `model` whose `theirs` is that row; without a model, in its own
    `key`."""

    kind: str
    columns: tuple[str, ...]
    model: type[models.Model] | None = None
    theirs: str = ""
    key: str = "id"
    from_birth: bool = False


def _parts_of(model: type[models.Model]) -> type[models.Model] | None:
    """Of a document's class, that of its lines."""
    lines = getattr(model, "lines", None)
    return None if lines is None else lines.rel.related_model


def _with_its_document(kind: str, part: type[models.Model]) -> Along:
    """A document is told with its lines: a line that comes, goes, changes or is linked tells it anew."""
    own = {field.name for field in Mirrored._meta.get_fields()} - {"external_id", "removed_at"}
    columns = [field.attname for field in part._meta.concrete_fields if field.name not in {"id", *own}]
    return Along(kind, tuple(columns), key="document_id", from_birth=True)


# What inventory/api tells along with a row: a product's sellable quantity, currency and picture, names of what is
# linked. Which product and place a level or a price belongs to never changes, as its external id says it.
ALONG: dict[type[models.Model], tuple[Along, ...]] = {
    Product: (
        Along("price", ("name", "sku"), PriceListItem, theirs="product_id"),
        Along("stock_level", ("name", "sku"), StockLevel, theirs="product_id"),
    ),
    StockLevel: (
        Along(
            "product", ("available_for_sale", "removed_at"), StockLevel, "id", "product_id", from_birth=True
        ),
    ),
    ProductPicture: (
        Along(
            "product",
            ("digest", "state", "problem", "removed_at"),
            ProductPicture,
            "id",
            "product_id",
            from_birth=True,
        ),
    ),
    Warehouse: (
        Along("stock_level", ("name", "sells"), StockLevel, theirs="warehouse_id"),
        Along("product", ("sells", "removed_at"), StockLevel, theirs="warehouse_id", key="product_id"),
    ),
    PriceList: (
        Along("price", ("name",), PriceListItem, theirs="price_list_id"),
        Along("customer", ("name",), Customer, theirs="price_list_id"),
    ),
    Organization: (
        Along("product", ("currency_code",), Product, theirs="organization_id"),
        Along("customer", ("currency_code",), Customer, theirs="organization_id"),
        Along("stock_level", ("currency_code",), StockLevel, theirs="organization_id"),
        Along("vendor", ("currency_code",), Vendor, theirs="organization_id"),
        Along("adjustment", ("currency_code",), Adjustment, theirs="organization_id"),
    ),
    SalesOrder: (Along("sales_return", ("currency_code",), SalesReturn, theirs="sales_order_id"),),
    **{
        part: (_with_its_document(kind, part),)
        for kind, model in KINDS.items()
        if (part := _parts_of(model)) is not None
    },
}
