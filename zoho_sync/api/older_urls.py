"""Addresses that callers of the predecessor know: bulk syncs, and the mobile screens about runs and stock."""

from __future__ import annotations

from django.urls import URLPattern

from inventory.api.slashes import with_and_without_slash

from . import bulk_sync, mobile_stock
from .bulk_sync_status import BulkSyncStatus
from .mobile_dead_letters import DeadLettersView
from .mobile_entities import MobileEntitiesView
from .mobile_runs import MobileRunsView, MobileRunView

BULK, MOBILE = "api/zoho/bulk-sync", "api/bff/tds"


urlpatterns: list[URLPattern] = [
    *with_and_without_slash(f"{BULK}/products", bulk_sync.BulkProducts, "bulk-products"),
    *with_and_without_slash(f"{BULK}/customers", bulk_sync.BulkCustomers, "bulk-customers"),
    *with_and_without_slash(f"{BULK}/pricelists", bulk_sync.BulkPriceLists, "bulk-pricelists"),
    *with_and_without_slash(f"{BULK}/stock", bulk_sync.BulkStock, "bulk-stock"),
    *with_and_without_slash(
        f"{BULK}/items-with-stock", bulk_sync.BulkItemsWithStock, "bulk-items-with-stock"
    ),
    *(
        each
        for name, view in bulk_sync.NEWER_DOORS.items()
        for each in with_and_without_slash(f"{BULK}/{name}", view, f"bulk-{name}")
    ),
    *with_and_without_slash(f"{BULK}/sync-all", bulk_sync.BulkEverything, "bulk-sync-all"),
    *with_and_without_slash(f"{BULK}/status", BulkSyncStatus, "bulk-status"),
    *with_and_without_slash(
        f"{MOBILE}/sync/stock/stats", mobile_stock.MobileStockStats, "mobile-stock-stats"
    ),
    *with_and_without_slash(f"{MOBILE}/sync/stock", mobile_stock.MobileStockSync, "mobile-stock-sync"),
    *with_and_without_slash(
        f"{MOBILE}/sync/stock/specific", mobile_stock.MobileStockSpecific, "mobile-stock-specific"
    ),
    *with_and_without_slash(f"{MOBILE}/runs", MobileRunsView, "mobile-runs"),
    *with_and_without_slash(f"{MOBILE}/runs/<int:pk>", MobileRunView, "mobile-run"),
    *with_and_without_slash(f"{MOBILE}/entities", MobileEntitiesView, "mobile-entities"),
    *with_and_without_slash(f"{MOBILE}/dead-letter", DeadLettersView, "mobile-dead-letter"),
]
