"""The catalogue's pages. A mirrored table without a page of its own gets the plain read-only one."""

from django.apps import apps
from django.contrib import admin

from ..mirror import Mirrored
from . import customers, history, organizations, prices, products, stock, warehouses
from .mirror import MirrorAdmin

for model in apps.get_app_config("inventory").get_models():
    if issubclass(model, Mirrored) and not admin.site.is_registered(model):
        admin.site.register(model, MirrorAdmin)

__all__ = ["customers", "history", "organizations", "prices", "products", "stock", "warehouses"]
