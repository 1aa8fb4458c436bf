"""Documents with everything that is told of them, and what they refer to: one factory per table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import factory

from inventory import models as inventory
from tests.factories import NOON, CustomerFactory, MirroredFactory, ProductFactory, WarehouseFactory

DAY = date(2026, 11, 20)


def external_id_of(name: str) -> factory.LazyAttribute:
    """Of the row that the link `name` leads to; "" where it leads nowhere."""
    return factory.LazyAttribute(lambda row: linked.external_id if (linked := getattr(row, name)) else "")


def name_of(name: str) -> factory.LazyAttribute:
    return factory.LazyAttribute(lambda row: linked.name if (linked := getattr(row, name)) else "")


class DocumentFactory(MirroredFactory):
    class Meta:
        abstract = True

    external_id = factory.Sequence(lambda n: f"5100000000200{n:03d}")
    number = factory.Sequence(lambda n: f"DOC-{n:05d}")
    date = DAY
    status = "open"
    detail_at = NOON
    detail_is_due = False
    warehouse = factory.SubFactory(WarehouseFactory)
    warehouse_external_id = external_id_of("warehouse")


# --- For customers -----------------------------------------------------------------------------------


class ForCustomerFactory(DocumentFactory):
    class Meta:
        abstract = True

    customer = factory.SubFactory(CustomerFactory)
    customer_external_id = external_id_of("customer")
    customer_name = name_of("customer")
    salesperson_external_id = "5100000000012001"
    salesperson_name = "Zainab"


class SalesOrderFactory(ForCustomerFactory):
    class Meta:
        model = inventory.SalesOrder

    currency_code = "IQD"
    total = Decimal(12500)
    sub_total = factory.SelfAttribute("total")


class InvoiceFactory(ForCustomerFactory):
    class Meta:
        model = inventory.Invoice

    status = "sent"
    currency_code = "IQD"
    total = Decimal(12500)
    sub_total = factory.SelfAttribute("total")
    balance = factory.SelfAttribute("total")
    due_date = DAY


class CustomerPaymentFactory(ForCustomerFactory):
    class Meta:
        model = inventory.CustomerPayment

    status = "paid"
    currency_code = "IQD"
    total = Decimal(12500)
    unused = Decimal(0)


class CreditNoteFactory(ForCustomerFactory):
    class Meta:
        model = inventory.CreditNote

    currency_code = "IQD"
    total = Decimal(12500)
    sub_total = factory.SelfAttribute("total")
    balance = factory.SelfAttribute("total")


class PackageFactory(ForCustomerFactory):
    class Meta:
        model = inventory.Package

    status = "delivered"


class SalesReturnFactory(ForCustomerFactory):
    class Meta:
        model = inventory.SalesReturn

    sales_order = factory.SubFactory(SalesOrderFactory)
    sales_order_external_id = external_id_of("sales_order")
    refunded = Decimal(2500)


# --- From vendors ------------------------------------------------------------------------------------


class VendorFactory(MirroredFactory):
    class Meta:
        model = inventory.Vendor

    external_id = factory.Sequence(lambda n: f"5100000000300{n:03d}")
    name = factory.Sequence(lambda n: f"Supplier {n}")
    currency_code = "USD"
    status = "active"
    is_active = True


class FromVendorFactory(DocumentFactory):
    class Meta:
        abstract = True

    vendor = factory.SubFactory(VendorFactory)
    vendor_external_id = external_id_of("vendor")
    vendor_name = name_of("vendor")
    currency_code = "USD"
    total = Decimal(100)
    sub_total = factory.SelfAttribute("total")


class PurchaseOrderFactory(FromVendorFactory):
    class Meta:
        model = inventory.PurchaseOrder


class BillFactory(FromVendorFactory):
    class Meta:
        model = inventory.Bill

    balance = factory.SelfAttribute("total")
    due_date = DAY


class VendorCreditFactory(FromVendorFactory):
    class Meta:
        model = inventory.VendorCredit

    balance = factory.SelfAttribute("total")


# --- Of the stock itself -----------------------------------------------------------------------------


class AdjustmentFactory(DocumentFactory):
    class Meta:
        model = inventory.Adjustment

    status = "adjusted"
    kind = "quantity"
    total = Decimal(-25000)


class TransferOrderFactory(DocumentFactory):
    class Meta:
        model = inventory.TransferOrder

    status = "transferred"
    to_warehouse = factory.SubFactory(WarehouseFactory)
    to_warehouse_external_id = external_id_of("to_warehouse")


# --- What they refer to ------------------------------------------------------------------------------


class SourceUserFactory(MirroredFactory):
    class Meta:
        model = inventory.SourceUser

    external_id = factory.Sequence(lambda n: f"5100000000012{n:03d}")
    name = factory.Sequence(lambda n: f"Salesperson {n}")
    is_active = True


class CurrencyFactory(MirroredFactory):
    class Meta:
        model = inventory.Currency

    external_id = factory.Sequence(lambda n: f"5100000000097{n:03d}")
    code = "USD"
    name = "US dollar"
    exchange_rate = Decimal(1310)
    effective_date = DAY
    is_base = False


class TaxFactory(MirroredFactory):
    class Meta:
        model = inventory.Tax

    external_id = factory.Sequence(lambda n: f"5100000000098{n:03d}")
    name = "Sales tax"
    percentage = Decimal(5)


class ProductGroupFactory(MirroredFactory):
    class Meta:
        model = inventory.ProductGroup

    external_id = factory.Sequence(lambda n: f"5100000000085{n:03d}")
    name = factory.Sequence(lambda n: f"Group {n}")
    product_external_ids = factory.LazyFunction(lambda: ["5100000000084017"])
    is_active = True


class CompositeFactory(MirroredFactory):
    class Meta:
        model = inventory.Composite

    external_id = factory.Sequence(lambda n: f"5100000000086{n:03d}")
    name = factory.Sequence(lambda n: f"Desk set {n}")
    product = factory.SubFactory(ProductFactory)
    product_external_id = factory.SelfAttribute("product.external_id")
    kind = "kit"
    detail_is_due = False


FACTORIES = {
    factory._meta.model: factory
    for factory in (
        SalesOrderFactory, InvoiceFactory, CustomerPaymentFactory, CreditNoteFactory, PackageFactory,
        SalesReturnFactory, VendorFactory, PurchaseOrderFactory, BillFactory, VendorCreditFactory,
        AdjustmentFactory, TransferOrderFactory, SourceUserFactory, CurrencyFactory, TaxFactory,
        ProductGroupFactory, CompositeFactory,
    )
}  # fmt: skip


def line_of(document: Any, **told: Any) -> Any:
    """The next line of a document: ten pieces of a new product at 1250, unless `told` says otherwise; product=None is a
    line about no product. Of a payment: 1250 of it."""
    model = type(document).lines.rel.related_model
    columns = {column.name for column in model._meta.get_fields()}
    position = document.lines.count() + 1
    usual: dict[str, Any] = {
        "organization": document.organization,
        "external_id": f"{document.external_id}:{position}",
        "synced_at": NOON,
        "cause": "run 1",
        "document": document,
        "position": position,
    }
    if "product" in columns:
        product = told["product"] if "product" in told else ProductFactory()
        usual |= {
            "product": product,
            "quantity": Decimal(10),
            "name": product.name if product else "Delivery",
        }
        usual |= {"product_external_id": product.external_id if product else ""}
    usual |= {name: Decimal(1250) for name in ("rate", "amount") if name in columns}
    return model.objects.create(**usual | told)
