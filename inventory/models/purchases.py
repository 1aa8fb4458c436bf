"""What is bought: vendors, purchase orders, bills, vendor credits."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..mirror import (
    Detailed,
    Mirrored,
    external_key,
    mirror_constraints,
    mirror_indexes,
    money,
    text,
)
from ..mirror import (
    quantity as goods,
)
from ..searching import SearchTextField
from .documents import (
    Document,
    FromVendor,
    PricedDocument,
    PricedLine,
    export_permission,
    parent,
    with_vendor,
)


class Vendor(Mirrored, Detailed):
    """Somebody we buy from. Amounts are in the vendor's currency, those named "base" in the organisation's."""

    LOCAL_FIELDS = ("notes",)
    SEARCHED = ("external_id", "number", "phone", "mobile", "email", "name", "company_name")

    name = text(_("name"), 500)
    company_name = text(_("company"), 500)
    number = text(_("number"), 64)
    first_name = text(_("first name"))
    last_name = text(_("last name"))
    email = text(_("e-mail"))
    phone = text(_("phone"), 64)
    mobile = text(_("mobile"), 64)
    website = text(_("website"), 500)
    status = text(_("status"), 32)
    is_active = models.BooleanField(_("active"), null=True)
    currency_external_id = external_key(_("currency's external id"))
    currency_code = text(_("currency"), 8)
    payable = money(_("we owe"))
    payable_base = money(_("we owe, base currency"))
    unused_credits = money(_("unused credits"))
    unused_credits_base = money(_("unused credits, base currency"))
    payment_terms = models.IntegerField(
        _("payment terms"), null=True, help_text=_("Days; a negative number is a rule, such as end of month.")
    )
    payment_terms_label = text(_("payment terms in words"))
    source_notes = models.TextField(_("notes at the source"), default="", blank=True)
    billing_address = models.JSONField(_("billing address"), default=dict, blank=True)
    shipping_address = models.JSONField(_("shipping address"), default=dict, blank=True)
    contact_persons = models.JSONField(_("contact persons"), default=list, blank=True)
    custom_fields = models.JSONField(_("custom fields"), default=dict, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)

    notes = models.TextField(_("notes"), default="", blank=True)
    search_text = SearchTextField()

    class Meta:
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")
        ordering = ["name", "pk"]
        permissions = export_permission("vendor")
        constraints = mirror_constraints("vendor")
        indexes = [
            *mirror_indexes("vendor", "detail_is_due"),
            models.Index(fields=["name", "id", "removed_at"], name="vendor_by_name"),
            models.Index(
                fields=["search_text", "id"],
                name="vendor_by_words",
                opclasses=["text_pattern_ops", "int8_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class PurchaseOrder(PricedDocument, FromVendor):
    SEARCHED = (*Document.SEARCHED, "vendor_name")
    OPEN = (
        "open",
        "issued",
        "partially_received",
        "partially_billed",
        "pending_approval",
        "approved",
        "received",
    )

    delivery_date = models.DateField(_("to be delivered on"), null=True)
    expected_date = models.DateField(_("expected on"), null=True)

    class Meta(PricedDocument.Meta):
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")
        permissions = export_permission("purchaseorder")
        indexes = with_vendor(listed=("currency_code", "total"))


class PurchaseOrderLine(PricedLine):
    document = parent("inventory.PurchaseOrder", _("purchase order"))
    quantity_received = goods(_("received"))
    quantity_billed = goods(_("billed"))

    class Meta(PricedLine.Meta):
        verbose_name = _("line of a purchase order")
        verbose_name_plural = _("lines of purchase orders")


class Bill(PricedDocument, FromVendor):
    SEARCHED = (*Document.SEARCHED, "vendor_name")
    OPEN = ("open", "overdue", "partially_paid", "unpaid", "pending_approval", "approved")

    due_date = models.DateField(_("due on"), null=True)
    balance = money(_("still to be paid"))

    class Meta(PricedDocument.Meta):
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        permissions = export_permission("bill")
        indexes = with_vendor(listed=("currency_code", "total", "balance", "due_date"))


class BillLine(PricedLine):
    document = parent("inventory.Bill", _("bill"))

    class Meta(PricedLine.Meta):
        verbose_name = _("line of a bill")
        verbose_name_plural = _("lines of bills")


class VendorCredit(PricedDocument, FromVendor):
    SEARCHED = (*Document.SEARCHED, "vendor_name")
    OPEN = ("open", "approved", "pending_approval")

    balance = money(_("not used yet"))

    class Meta(PricedDocument.Meta):
        verbose_name = _("vendor credit")
        verbose_name_plural = _("vendor credits")
        permissions = export_permission("vendorcredit")
        indexes = with_vendor(listed=("currency_code", "total", "balance"))


class VendorCreditLine(PricedLine):
    document = parent("inventory.VendorCredit", _("vendor credit"))

    class Meta(PricedLine.Meta):
        verbose_name = _("line of a vendor credit")
        verbose_name_plural = _("lines of vendor credits")
