"""Addresses of the catalogue under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from .customers import Customers
from .history import History
from .mirrored import MirroredView
from .prices import PriceLists, Prices
from .products import Products
from .stock import StockLevels, Warehouses
from .summary import StockSummaryView

MIRRORED: dict[str, type[MirroredView]] = {
    "products": Products,
    "customers": Customers,
    "price-lists": PriceLists,
    "prices": Prices,
    "stock-levels": StockLevels,
    "warehouses": Warehouses,
}
urlpatterns: list[URLPattern] = [
    path("products/<int:pk>/history/", History.as_view(), name="api-product-history"),
    path("stock-summary/", StockSummaryView.as_view(), name="api-stock-summary"),
]
for name, view in MIRRORED.items():
    urlpatterns += [
        path(f"{name}/", view.as_view({"get": "list"}), name=f"api-{name}"),
        path(f"{name}/<int:pk>/", view.as_view({"get": "retrieve"}), name=f"api-{name}-one"),
    ]
