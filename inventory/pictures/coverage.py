"""How many products show their picture here, and why the others do not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Subquery

from ..models import Organization, Product, ProductPicture

State = ProductPicture.State


@dataclass(frozen=True)
class PictureCoverage:
    """Of products that are still at the source.

    products = named + unnamed: of how many the source names a picture. named = here + waiting + absent + refused +
    failed. here: kept on this machine. waiting: to be fetched. absent: named, and the source has none. refused, failed:
    by the problem (ProductPicture.Problem).
    """

    products: int
    named: int
    here: int
    waiting: int
    absent: int
    refused: Mapping[str, int]
    failed: Mapping[str, int]

    @property
    def unnamed(self) -> int:
        return self.products - self.named

    @property
    def percent(self) -> int | None:
        """Of those that the source names; never rounded up to all. None where it names none."""
        return self.here * 100 // self.named if self.named else None


def picture_coverage(organizations: Collection[Organization] = ()) -> PictureCoverage:
    """Of these organisations, or of all; three queries by indexes alone."""
    products, pictures = Product.objects.live().order_by(), ProductPicture.objects.live().order_by()
    if organizations:
        products, pictures = (rows.filter(organization__in=organizations) for rows in (products, pictures))
    counts = {
        (state, problem): count
        for state, problem, count in pictures.values_list("state", "problem").annotate(Count("pk"))
    }

    def of(state: str) -> dict[str, int]:
        return {problem: count for (each, problem), count in sorted(counts.items()) if each == state}

    # By organisation, and those wanted picked afterwards: asked for one of them, SQLite would read every row.
    of_each = Product.objects.live().exclude(image_name="", image_document_id="").order_by()
    by_organization = dict(of_each.values_list("organization").annotate(Count("pk")))
    wanted = [each.pk for each in organizations] or list(by_organization)
    named = sum(by_organization.get(key, 0) for key in wanted)
    here, absent = sum(of(State.HERE).values()), sum(of(State.ABSENT).values())
    refused, failed = of(State.REFUSED), of(State.FAILED)
    settled = here + absent + sum(refused.values()) + sum(failed.values())
    return PictureCoverage(
        products=products.count(),
        named=max(named, settled),  # one that the source names no more counts until the next run
        here=here,
        waiting=max(0, named - settled),
        absent=absent,
        refused=refused,
        failed=failed,
    )


def pictures_named(organization: Organization) -> tuple[int, int]:
    """(products of which the source names a picture, those of them whose picture is still to be fetched); one query.

    A picture that is named otherwise than when it was fetched is not looked for: there are few, and it is here.
    """
    # The sum keeps SQLite from an index of organisations, which knows nothing of pictures: it would read every row.
    named = Product.objects.live().exclude(image_name="", image_document_id="")
    named = named.annotate(whose=F("organization_id") + 0).filter(whose=OuterRef("pk")).order_by()
    settled = ProductPicture.objects.live().filter(organization=OuterRef("pk")).exclude(state=State.WAITING)
    counts = Organization.objects.filter(pk=organization.pk).values_list(
        Subquery(named.values("whose").annotate(count=Count("pk")).values("count")),
        Subquery(settled.order_by().values("organization").annotate(count=Count("pk")).values("count")),
    )
    found, done = (count or 0 for count in counts[0])
    return found, max(0, found - done)
