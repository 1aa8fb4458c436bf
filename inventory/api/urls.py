"""Addresses of the catalogue under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from .customers import Customers
from .mirrored import MirroredView
from .prices import PriceLists, Prices
from .products import Products
from .stock import StockLevels, Warehouses

MIRRORED: dict[str, type[MirroredView]] = {
    "products": Products,
    "customers": Customers,
    "price-lists": PriceLists,
    "prices": Prices,
    "stock-levels": StockLevels,
    "warehouses": Warehouses,
}
urlpatterns: list[URLPattern] = []
for name, view in MIRRORED.items():
    urlpatterns += [
        path(f"{name}/", view.as_view({"get": "list"}), name=f"api-{name}"),
        path(f"{name}/<int:pk>/", view.as_view({"get": "retrieve"}), name=f"api-{name}-one"),
    ]
