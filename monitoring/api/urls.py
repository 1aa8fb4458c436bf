"""Addresses of alerts, and of the mobile screens that bring everything together."""

from __future__ import annotations

from django.urls import URLPattern, path

from inventory.api.slashes import with_and_without_slash

from .alerts import AlertsView
from .mobile import DashboardView, MobileAlertsView, MobileHealthView
from .stats import CombinedStatsView

MOBILE = "api/bff/tds"

urlpatterns: list[URLPattern] = [
    path("api/v1/alerts/", AlertsView.as_view(), name="api-alerts"),
    *with_and_without_slash(f"{MOBILE}/dashboard", DashboardView, "mobile-dashboard"),
    *with_and_without_slash(f"{MOBILE}/alerts", MobileAlertsView, "mobile-alerts"),
    *with_and_without_slash(f"{MOBILE}/health", MobileHealthView, "mobile-health"),
    *with_and_without_slash(f"{MOBILE}/stats/combined", CombinedStatsView, "mobile-combined-stats"),
]
