"""Who may read the catalogue: everybody whose role lets him look, and nobody else."""

from __future__ import annotations

from inventory.models import Customer, PriceList, PriceListItem, Product, StockLevel, Warehouse
from tests.access.matrix import Row

LOOK = "401 403 403 200 200 200"
TABLES = {
    "products": Product,
    "customers": Customer,
    "price-lists": PriceList,
    "prices": PriceListItem,
    "stock-levels": StockLevel,
    "warehouses": Warehouse,
}


def one(name: str):
    """The address of some row there is, whatever world stands around it."""
    return lambda world: (
        f"/api/v1/{name}/{TABLES[name].objects.order_by('pk').values_list('pk', flat=True)[0]}/"
    )


def history(world) -> str:
    return f"{one('products')(world)}history/?field=on_hand"


ROWS = [
    *(Row(f"api/v1/{name}/", "GET", LOOK) for name in TABLES),
    *(Row(f"api/v1/{name}/<int:pk>/", "GET", LOOK, path=one(name)) for name in TABLES),
    Row("api/v1/products/<int:pk>/history/", "GET", LOOK, path=history),
    Row("api/v1/stock-summary/", "GET", LOOK),
]
