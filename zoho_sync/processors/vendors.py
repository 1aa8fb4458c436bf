"""Zoho contacts of type vendor. One list holds them and the customers; Books can be asked for vendors alone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from inventory.models import Vendor

from .base import Details, Field, Mapping, Processor, one_row
from .contacts import CONTACT, contact_values, only
from .converters import number
from .documents import ADDRESS
from .registry import register

mapping = Mapping(
    model=Vendor,
    fields={
        **CONTACT,
        "payable": Field("outstanding_payable_amount", number),
        "payable_base": Field("outstanding_payable_amount_bcy", number),
        "unused_credits": Field("unused_credits_payable_amount", number),
        "unused_credits_base": Field("unused_credits_payable_amount_bcy", number),
    },
    computed=lambda payload: contact_values(payload, ADDRESS),
)

vendors = register(
    Processor(
        entity="vendors",
        label=_("Vendors"),
        mapping=mapping,
        path="contacts",
        list_key="contacts",
        id_key="contact_id",
        detail_key="contact",
        expand=one_row(mapping, "contact_id"),
        details=Details.EACH,
        lane="documents",
        params={"filter_by": "Status.All", "contact_type": "vendor"},  # which Inventory may leave unread
        accepts=only("vendor", "customer", gettext_noop("a customer, not a vendor")),
        sorts=True,
        is_background=True,
        events=("vendor",),
    )
)
