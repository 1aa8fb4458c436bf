"""Links whose other side came later: customers that named a price list which was not here yet."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery

from inventory.models import Customer, PriceList

from ..work import Work


def resolve(work: Work) -> int:
    """After a run of price lists: link the customers that waited for one. Returns how many."""
    if work.processor.model is not PriceList:
        return 0
    lists = PriceList.objects.filter(organization=work.organization)
    waiting = Customer.objects.filter(organization=work.organization, price_list=None).exclude(
        price_list_external_id=""
    )
    waiting = waiting.filter(price_list_external_id__in=lists.values("external_id"))
    if not waiting.exists():
        return 0
    found = lists.filter(external_id=OuterRef("price_list_external_id")).values("pk")[:1]
    return waiting.update(price_list=Subquery(found))
