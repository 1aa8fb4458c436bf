from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..mirror import Detailed, Mirrored, external_key, mirror_constraints, mirror_indexes, money, text
from ..searching import SearchTextField
from .documents import link, waiting


class Customer(Mirrored, Detailed):
    """Somebody who buys. Amounts are in the customer's currency, those named "base" in the organisation's."""

    LOCAL_FIELDS = ("is_hidden", "notes")
    SEARCHED = ("external_id", "number", "phone", "mobile", "email", "name", "company_name")

    name = text(_("name"), 500)
    company_name = text(_("company"), 500)
    number = text(_("number"), 64)
    sub_type = text(_("business or individual"), 32)
    first_name = text(_("first name"))
    last_name = text(_("last name"))
    email = text(_("e-mail"))
    phone = text(_("phone"), 64)
    mobile = text(_("mobile"), 64)
    website = text(_("website"), 500)
    language_code = text(_("language"), 16)
    status = text(_("status"), 32)
    is_active = models.BooleanField(_("active"), null=True)
    portal_status = text(_("portal"), 32)

    currency_external_id = external_key(_("currency's external id"))
    currency_code = text(_("currency"), 8)
    receivable = money(_("owes us"))
    receivable_base = money(_("owes us, base currency"))
    unused_credits = money(_("unused credits"))
    unused_credits_base = money(_("unused credits, base currency"))
    credit_limit = money(_("credit limit"), help_text=_("Empty when the source sets none."))
    payment_terms = models.IntegerField(
        _("payment terms"), null=True, help_text=_("Days; a negative number is a rule, such as end of month.")
    )
    payment_terms_label = text(_("payment terms in words"))
    payment_terms_external_id = external_key(_("payment terms' external id"))

    price_list = models.ForeignKey(
        "inventory.PriceList",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("price list"),
    )
    price_list_external_id = external_key(_("price list's external id"))
    owner = link("inventory.SourceUser", _("salesperson's account at the source"), related_name="customers")
    owner_external_id = external_key(_("salesperson's external id"))
    owner_name = text(_("salesperson"))
    is_taxable = models.BooleanField(_("taxable"), null=True)
    tax_external_id = external_key(_("tax's external id"))
    source_notes = models.TextField(_("notes at the source"), default="", blank=True)
    billing_address = models.JSONField(_("billing address"), default=dict, blank=True)
    shipping_address = models.JSONField(_("shipping address"), default=dict, blank=True)
    addresses = models.JSONField(_("further addresses"), default=list, blank=True)
    contact_persons = models.JSONField(_("contact persons"), default=list, blank=True)
    custom_fields = models.JSONField(_("custom fields"), default=dict, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)

    is_hidden = models.BooleanField(_("hidden"), default=False)
    notes = models.TextField(_("notes"), default="", blank=True)
    search_text = SearchTextField()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["name", "pk"]
        permissions = [("export_customer", "Can export customers")]
        constraints = mirror_constraints("customer")
        indexes = [
            *mirror_indexes("customer", "detail_is_due"),
            # The list page's order; a page of live rows is found without reading one.
            models.Index(fields=["name", "id", "removed_at"], name="customer_by_name"),
            # Looked through for words, and tells the key itself; PostgreSQL orders it byte by byte.
            models.Index(
                fields=["search_text", "id"],
                name="customer_by_words",
                opclasses=["text_pattern_ops", "int8_ops"],
            ),
            waiting("owner"),
            models.Index(fields=["owner", "id"], name="customer_by_owner"),
            models.Index(  # the details lane: newest changes first
                fields=["organization", "-source_modified_at", "-id"],
                condition=models.Q(detail_is_due=True, removed_at__isnull=True),
                name="customer_detail_due",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id
