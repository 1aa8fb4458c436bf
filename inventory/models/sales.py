"""What is sold: orders, invoices, payments, credit notes, packages, returns."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..mirror import external_key, money, text
from ..mirror import quantity as goods
from .documents import (
    Document,
    ForCustomer,
    Line,
    MoneyDocument,
    Part,
    PricedDocument,
    PricedLine,
    export_permission,
    link,
    parent,
    waiting,
    with_customer,
)


class SalesOrder(PricedDocument, ForCustomer):
    SEARCHED = (*Document.SEARCHED, "customer_name")
    OPEN = (
        "open",
        "confirmed",
        "pending_approval",
        "approved",
        "partially_invoiced",
        "overdue",
        "onhold",
        "sent",
    )

    order_status = text(_("order status"), 64)
    invoiced_status = text(_("invoiced"), 64)
    paid_status = text(_("paid"), 64)
    shipped_status = text(_("shipped"), 64)
    shipment_date = models.DateField(_("to be shipped on"), null=True)
    quantity = goods(_("quantity"))
    quantity_packed = goods(_("packed"))
    quantity_shipped = goods(_("shipped"))
    quantity_invoiced = goods(_("invoiced"))
    delivery_method = text(_("delivery"))
    sales_channel = text(_("sales channel"))

    class Meta(PricedDocument.Meta):
        verbose_name = _("sales order")
        verbose_name_plural = _("sales orders")
        permissions = export_permission("salesorder")
        indexes = with_customer(listed=("currency_code", "total", "salesperson_name"))


class SalesOrderLine(PricedLine):
    document = parent("inventory.SalesOrder", _("sales order"))
    quantity_packed = goods(_("packed"))
    quantity_shipped = goods(_("shipped"))
    quantity_invoiced = goods(_("invoiced"))

    class Meta(PricedLine.Meta):
        verbose_name = _("line of a sales order")
        verbose_name_plural = _("lines of sales orders")


class Invoice(PricedDocument, ForCustomer):
    SEARCHED = (*Document.SEARCHED, "customer_name")
    OPEN = ("sent", "viewed", "overdue", "unpaid", "partially_paid", "approved", "pending_approval")

    due_date = models.DateField(_("due on"), null=True)
    balance = money(_("still to be paid"))
    payment_made = money(_("paid"))
    credits_applied = money(_("credits applied"))
    write_off = money(_("written off"))
    payment_terms = models.IntegerField(
        _("payment terms"), null=True, help_text=_("Days; a negative number is a rule, such as end of month.")
    )
    payment_terms_label = text(_("payment terms in words"))
    last_payment_date = models.DateField(_("last paid on"), null=True)

    class Meta(PricedDocument.Meta):
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        permissions = export_permission("invoice")
        indexes = with_customer(
            # Receivables: what is still to be paid, by the day on which it is due.
            models.Index(
                fields=["organization", "due_date", "id"],
                condition=models.Q(balance__gt=0, removed_at__isnull=True),
                name="invoice_unpaid",
            ),
            # Sales over a period are added up from here alone, without reading the wide rows.
            models.Index(
                fields=[
                    "date",
                    "status",
                    "removed_at",
                    "currency_code",
                    "customer",
                    "salesperson_external_id",
                    "total",
                    "id",
                ],
                name="invoice_counted",
            ),
            listed=("currency_code", "total", "salesperson_name", "balance", "due_date"),
        )


class InvoiceLine(PricedLine):
    document = parent("inventory.Invoice", _("invoice"))

    class Meta(PricedLine.Meta):
        verbose_name = _("line of an invoice")
        verbose_name_plural = _("lines of invoices")


class CustomerPayment(MoneyDocument, ForCustomer):
    """Money received; `total` is what was paid, `unused` what no invoice has taken yet."""

    SEARCHED = (*Document.SEARCHED, "customer_name", "invoice_numbers")

    mode = text(_("way of payment"))
    unused = money(_("not used yet"))
    refunded = money(_("paid back"))
    bank_charges = money(_("bank charges"))
    account_external_id = external_key(_("account's external id"))
    account_name = text(_("account"))
    invoice_numbers = text(_("invoices"), 2000)

    class Meta(MoneyDocument.Meta):
        verbose_name = _("customer payment")
        verbose_name_plural = _("customer payments")
        permissions = export_permission("customerpayment")
        indexes = with_customer(listed=("currency_code", "total"))


class PaymentAllocation(Part):
    """How much of a payment an invoice has taken."""

    document = parent("inventory.CustomerPayment", _("payment"))
    invoice = link("inventory.Invoice", _("invoice"))
    invoice_external_id = external_key(_("invoice's external id"))
    invoice_number = text(_("invoice number"), 100)
    amount = money(_("applied"))

    class Meta(Part.Meta):
        verbose_name = _("share of a payment")
        verbose_name_plural = _("shares of payments")
        indexes = [
            models.Index(fields=["invoice", "id"], name="paymentallocation_by_invoice"),
            waiting("invoice"),
        ]

    def __str__(self) -> str:
        return self.invoice_number or self.external_id


class CreditNote(PricedDocument, ForCustomer):
    SEARCHED = (*Document.SEARCHED, "customer_name")
    OPEN = ("open", "approved", "pending_approval")

    balance = money(_("not used yet"))

    class Meta(PricedDocument.Meta):
        verbose_name = _("credit note")
        verbose_name_plural = _("credit notes")
        permissions = export_permission("creditnote")
        indexes = with_customer(listed=("currency_code", "total", "salesperson_name", "balance"))


class CreditNoteLine(PricedLine):
    document = parent("inventory.CreditNote", _("credit note"))

    class Meta(PricedLine.Meta):
        verbose_name = _("line of a credit note")
        verbose_name_plural = _("lines of credit notes")


class Package(Document, ForCustomer):
    """Goods packed for an order, and how they travel. The source counts a shipment as part of its packages."""

    SEARCHED = (*Document.SEARCHED, "customer_name", "sales_order_number", "tracking_number")
    OPEN = ("not_shipped", "shipped", "in_transit")

    sales_order = link("inventory.SalesOrder", _("sales order"), related_name="packages")
    sales_order_external_id = external_key(_("sales order's external id"))
    sales_order_number = text(_("sales order's number"), 100)
    quantity = goods(_("quantity"))
    shipment_external_id = external_key(_("shipment's external id"))
    shipment_number = text(_("shipment"), 100)
    shipment_status = text(_("shipment's status"), 64)
    shipment_date = models.DateField(_("shipped on"), null=True)
    carrier = text(_("carrier"))
    tracking_number = text(_("tracking number"))
    delivery_method = text(_("delivery"))

    class Meta(Document.Meta):
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        permissions = export_permission("package")
        indexes = with_customer(
            models.Index(fields=["sales_order", "id"], name="package_by_order"), waiting("sales_order")
        )


class PackageLine(Line):
    document = parent("inventory.Package", _("package"))

    class Meta(Line.Meta):
        verbose_name = _("line of a package")
        verbose_name_plural = _("lines of packages")


class SalesReturn(Document, ForCustomer):
    SEARCHED = (*Document.SEARCHED, "customer_name", "sales_order_number")
    OPEN = ("draft", "approved", "open", "partially_received", "received")

    sales_order = link("inventory.SalesOrder", _("sales order"), related_name="returns")
    sales_order_external_id = external_key(_("sales order's external id"))
    sales_order_number = text(_("sales order's number"), 100)
    reason = text(_("reason"), 500)
    receive_status = text(_("received"), 64)
    refund_status = text(_("refunded"), 64)
    quantity = goods(_("quantity"))
    refunded = money(_("paid back"))

    class Meta(Document.Meta):
        verbose_name = _("sales return")
        verbose_name_plural = _("sales returns")
        permissions = export_permission("salesreturn")
        indexes = with_customer(
            models.Index(fields=["sales_order", "id"], name="salesreturn_by_order"), waiting("sales_order")
        )


class SalesReturnLine(Line):
    document = parent("inventory.SalesReturn", _("sales return"))
    rate = money(_("price"))

    class Meta(Line.Meta):
        verbose_name = _("line of a sales return")
        verbose_name_plural = _("lines of sales returns")
