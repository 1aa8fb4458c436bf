"""The catalogue's pages. A mirrored table without a page of its own gets the plain read-only one."""

from django.apps import apps
from django.contrib import admin

from ..mirror import Mirrored
from ..models.documents import Part
from . import customers, history, integrity, organizations, picture_lists, prices, products, stock, warehouses
from .documents import movements, purchases, references, sales
from .mirror import MirrorAdmin

for model in apps.get_app_config("inventory").get_models():
    is_part = issubclass(model, Part)  # shown with what it belongs to
    if issubclass(model, Mirrored) and not is_part and not admin.site.is_registered(model):
        admin.site.register(model, MirrorAdmin)

__all__ = [
    "customers",
    "history",
    "integrity",
    "movements",
    "organizations",
    "picture_lists",
    "prices",
    "products",
    "purchases",
    "references",
    "sales",
    "stock",
    "warehouses",
]
