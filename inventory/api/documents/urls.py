"""Addresses of documents under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import moves, purchases, references, sales
from .movements import Movements
from .statement import Statement
from .totals import has_totals, totals_view_of
from .views import DocumentView, view_of

KINDS = (*sales.KINDS, *purchases.KINDS, *moves.KINDS, *references.KINDS)
DOCUMENTS: dict[str, type[DocumentView]] = {kind.address: view_of(kind) for kind in KINDS}
TOTALS = {kind.address: totals_view_of(kind) for kind in KINDS if has_totals(kind)}
urlpatterns: list[URLPattern] = [
    path("customers/<int:pk>/statement/", Statement.as_view(), name="api-customer-statement"),
    path("products/<int:pk>/movements/", Movements.as_view(), name="api-product-movements"),
    *(
        path(f"{name}/totals/", view.as_view({"get": "totals"}), name=f"api-{name}-totals")
        for name, view in TOTALS.items()
    ),
]
for name, view in DOCUMENTS.items():
    urlpatterns += [
        path(f"{name}/", view.as_view({"get": "list"}), name=f"api-{name}"),
        path(f"{name}/<int:pk>/", view.as_view({"get": "retrieve"}), name=f"api-{name}-one"),
    ]
