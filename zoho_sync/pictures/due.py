"""Which products' pictures are to be asked for, and which have left."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from inventory.models import Organization, Product, ProductPicture
from inventory.pictures import store

State = ProductPicture.State


def named(organization: Organization) -> QuerySet[Product]:
    """Live products of which the source names a picture."""
    rows = Product.objects.live().filter(organization=organization)
    return rows.exclude(image_name="", image_document_id="")


def due(organization: Organization, now: datetime | None = None) -> QuerySet[Product]:
    """Those that were never asked for, are named otherwise than when they were, have come back, or failed and may be
    tried again. One that is here, refused or absent is not asked for until the source names another one."""
    now = now or timezone.now()
    return named(organization).filter(
        Q(picture__isnull=True)
        | Q(picture__removed_at__isnull=False)
        | ~Q(picture__document_id=F("image_document_id"))
        | ~Q(picture__name=F("image_name"))
        | Q(picture__state=State.WAITING)
        | Q(picture__state=State.FAILED, picture__next_attempt_at__lte=now)
    )


def vanished(organization: Organization) -> Q:
    """Pictures that are said to be here, and whose files are not on this machine's disk."""
    rows = ProductPicture.objects.live().filter(organization=organization, state=State.HERE)
    missing = set(rows.order_by().values_list("digest", flat=True).distinct()) - store.digests()
    return Q(picture__digest__among=sorted(missing), picture__state=State.HERE) if missing else Q(pk=None)


def left(organization: Organization) -> QuerySet[ProductPicture]:
    """Pictures of products that are still there, and of which the source names none any more."""
    rows = ProductPicture.objects.live().filter(organization=organization, product__removed_at__isnull=True)
    return rows.filter(product__image_name="", product__image_document_id="")
