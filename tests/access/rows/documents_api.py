"""Who may read documents: everybody whose role lets him look, and nobody else."""

from __future__ import annotations

from inventory.api.documents.urls import DOCUMENTS, TOTALS
from tests.access.matrix import Row

LOOK = "401 403 403 200 200 200"


def one(name: str):
    """The address of some row there is."""
    rows = DOCUMENTS[name].shape.model.objects.order_by("pk")
    return lambda _world: f"/api/v1/{name}/{rows.values_list('pk', flat=True)[0]}/"


ROWS = [
    *(Row(f"api/v1/{name}/", "GET", LOOK) for name in DOCUMENTS),
    *(Row(f"api/v1/{name}/<int:pk>/", "GET", LOOK, path=one(name)) for name in DOCUMENTS),
    *(Row(f"api/v1/{name}/totals/", "GET", LOOK) for name in TOTALS),
    Row(
        "api/v1/customers/<int:pk>/statement/", "GET", LOOK,
        path=lambda world: f"/api/v1/customers/{world.customer.pk}/statement/",
    ),
    Row(
        "api/v1/products/<int:pk>/movements/", "GET", LOOK,
        path=lambda world: f"/api/v1/products/{world.product.pk}/movements/",
    ),
]  # fmt: skip
