"""What all documents have in common: orders, invoices, payments, bills, packages, adjustments, transfers.

A document's listing tells its head; its lines come with a detail call, and are replaced with it as a whole. Whom and
what it speaks of (customer, product, warehouse …) is linked when it is here, and later if it is not here yet: the
source's id stands beside every link.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..mirror import Detailed, Mirrored, external_key, money, text
from ..mirror import quantity as goods
from ..searching import SearchTextField


def link(to: str, label, **extra) -> models.ForeignKey:
    """To a row that may come later; the source's id of it stands in `<name>_external_id`."""
    return models.ForeignKey(
        to,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name=extra.pop("related_name", "+"),
        verbose_name=label,
        db_index=False,  # those that are walked along have an index of their own
        **extra,
    )


def waiting(name: str) -> models.Index:
    """Rows whose link waits for its other side: few, and looked for after every run that may have brought it."""
    return models.Index(
        fields=["organization", f"{name}_external_id"],
        condition=models.Q(**{f"{name}__isnull": True}) & ~models.Q(**{f"{name}_external_id": ""}),
        name=f"%(class)s_no_{name}",
    )


BY_DATE = "%(class)s_by_date"


def by_date(*columns: str) -> models.Index:
    """The list page's order, newest first, with all that its filters and totals ask: it is found and added up without
    reading one row. columns: those beside what every document has."""
    every = ("removed_at", "status", "warehouse", "detail_is_due", "detail_at")
    return models.Index(fields=["-date", "-id", *every, *columns], name=BY_DATE)


def one_per_external_id() -> list[models.BaseConstraint]:
    return [models.UniqueConstraint(fields=["organization", "external_id"], name="%(class)s_once")]


class Document(Mirrored, Detailed):
    """The head of a document. `date` and other days are days in the organisation's zone.

    OPEN: the source's states in which somebody still has to do something. SETTLED, DRAFT: likewise; a state of neither
    kind is shown as it is, since the source's lists of states grow.
    """

    LOCAL_FIELDS = ("notes",)
    SEARCHED: tuple[str, ...] = ("external_id", "number", "reference")
    OPEN: tuple[str, ...] = ()
    VOID: tuple[str, ...] = ("void", "cancelled", "rejected", "draft")

    number = text(_("number"), 100)
    reference = text(_("reference"))
    status = text(_("status"), 64)
    date = models.DateField(_("date"), null=True)
    warehouse = link("inventory.Warehouse", _("place"))
    warehouse_external_id = external_key(_("place's external id"))
    source_notes = models.TextField(_("notes at the source"), default="", blank=True)
    custom_fields = models.JSONField(_("custom fields"), default=dict, blank=True)

    notes = models.TextField(_("notes"), default="", blank=True)
    search_text = SearchTextField()

    class Meta:
        abstract = True
        ordering = ["-date", "-pk"]
        constraints = one_per_external_id()
        indexes = [
            models.Index(fields=["organization", "removed_at", "detail_is_due"], name="%(class)s_presence"),
            by_date(),
            models.Index(
                fields=["search_text", "id"],
                name="%(class)s_words",
                opclasses=["text_pattern_ops", "int8_ops"],
            ),
            models.Index(  # details that are to be read, newest changes first
                fields=["organization", "-source_modified_at", "-id"],
                condition=models.Q(detail_is_due=True, removed_at__isnull=True),
                name="%(class)s_due",
            ),
            waiting("warehouse"),
        ]

    def __str__(self) -> str:
        return self.number or self.external_id

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN


class MoneyDocument(Document):
    """Amounts are in the document's own currency; `exchange_rate` is one unit of it in the organisation's."""

    currency_code = text(_("currency"), 8)
    currency_external_id = external_key(_("currency's external id"))
    exchange_rate = money(_("exchange rate"), help_text=_("One unit of the currency in the base currency."))
    total = money(_("total"))

    class Meta(Document.Meta):
        abstract = True


class PricedDocument(MoneyDocument):
    """A document whose lines have prices."""

    sub_total = money(_("subtotal"))
    discount_total = money(_("discount"))
    tax_total = money(_("tax"))
    shipping_charge = money(_("shipping"))
    adjustment = money(_("adjustment"))
    is_inclusive_tax = models.BooleanField(_("prices include tax"), null=True)
    price_list_external_id = external_key(_("price list's external id"))
    billing_address = models.JSONField(_("billing address"), default=dict, blank=True)
    shipping_address = models.JSONField(_("shipping address"), default=dict, blank=True)
    terms = models.TextField(_("terms"), default="", blank=True)

    class Meta(MoneyDocument.Meta):
        abstract = True


class ForCustomer(models.Model):
    """Somebody buys, and somebody of ours sells."""

    customer = link("inventory.Customer", _("customer"))
    customer_external_id = external_key(_("customer's external id"))
    customer_name = text(_("customer's name"), 500, help_text=_("As the document says it."))
    salesperson_external_id = external_key(_("salesperson's external id"))
    salesperson_name = text(_("salesperson"))

    class Meta:
        abstract = True


class FromVendor(models.Model):
    """Somebody sells to us."""

    vendor = link("inventory.Vendor", _("vendor"))
    vendor_external_id = external_key(_("vendor's external id"))
    vendor_name = text(_("vendor's name"), 500, help_text=_("As the document says it."))

    class Meta:
        abstract = True


def listed_by(*columns: str) -> list[models.Index]:
    """The indexes of every document, with these columns in the list's own."""
    return [by_date(*columns), *(each for each in Document.Meta.indexes if each.name != BY_DATE)]


def with_customer(*more: models.Index, listed: tuple[str, ...] = ()) -> list[models.Index]:
    """The indexes of a document for a customer: all, and one to walk along a customer's documents by date. listed: the
    columns that its list asks for."""
    by_customer = models.Index(fields=["customer", "-date", "-id"], name="%(class)s_by_cust")
    return [*listed_by(*listed), by_customer, waiting("customer"), *more]


def with_vendor(*more: models.Index, listed: tuple[str, ...] = ()) -> list[models.Index]:
    by_vendor = models.Index(fields=["vendor", "-date", "-id"], name="%(class)s_by_vendor")
    return [*listed_by(*listed), by_vendor, waiting("vendor"), *more]


class Part(Mirrored):
    """What is nothing without its document: replaced as a set when the document is read."""

    position = models.IntegerField(_("position"), null=True)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        constraints = one_per_external_id()


class Line(Part):
    """A line: so much of a product, from or to a place. Without a product it is plain text or a service."""

    product = link("inventory.Product", _("product"))
    product_external_id = external_key(_("product's external id"))
    name = text(_("name"), 500)
    description = models.TextField(_("description"), default="", blank=True)
    unit = text(_("unit"), 64)
    quantity = goods(_("quantity"))
    warehouse = link("inventory.Warehouse", _("place"))
    warehouse_external_id = external_key(_("place's external id"))

    class Meta(Part.Meta):
        abstract = True
        indexes = [
            models.Index(fields=["product", "-id"], name="%(class)s_by_product"),
            waiting("product"),
            waiting("warehouse"),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class PricedLine(Line):
    """A line with a price, in the document's currency."""

    rate = money(_("price"))
    discount = text(_("discount"), 64, help_text=_("An amount, or a share such as 10%."))
    tax_external_id = external_key(_("tax's external id"))
    tax_name = text(_("tax"))
    tax_percentage = money(_("tax %"))
    total = money(_("line total"))

    class Meta(Line.Meta):
        abstract = True


def parent(to: str, label) -> models.ForeignKey:
    """The document that a part belongs to."""
    return models.ForeignKey(to, on_delete=models.CASCADE, related_name="lines", verbose_name=label)


def export_permission(model: str) -> list[Any]:
    return [(f"export_{model}", f"Can export {model}")]
