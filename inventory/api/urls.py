"""Addresses of the catalogue under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from ..reports import registry
from .customers import Customers
from .documents.urls import urlpatterns as document_urls
from .history import History
from .mirrored import MirroredView
from .picture_files import PictureFile, PicturesView
from .prices import PriceLists, Prices
from .products import Products
from .reports import Reports, view_of
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
    path("pictures/", PicturesView.as_view(), name="api-pictures"),
    path("pictures/<digest:digest>/<picture_size:size>/", PictureFile.as_view(), name="api-picture"),
    path("stock-summary/", StockSummaryView.as_view(), name="api-stock-summary"),
    path("reports/", Reports.as_view(), name="api-reports"),
]
for report in registry.every():
    urlpatterns.append(
        path(f"reports/{report.key}/", view_of(report).as_view(), name=f"api-report-{report.key}")
    )
for name, view in MIRRORED.items():
    urlpatterns += [
        path(f"{name}/", view.as_view({"get": "list"}), name=f"api-{name}"),
        path(f"{name}/<int:pk>/", view.as_view({"get": "retrieve"}), name=f"api-{name}-one"),
    ]
urlpatterns += document_urls
