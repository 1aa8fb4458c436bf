"""Addresses of alerts, and of the mobile screens that bring everything together."""

from __future__ import annotations

from django.urls import URLPattern, path

from inventory.api.slashes import with_and_without_slash

from .alerts import Alerts
from .mobile import DashboardView, MobileAlertsView, MobileHealthView
from .stats import CombinedStatsView

MOBILE = "api/bff/tds"

urlpatterns: list[URLPattern] = [
    path("api/v1/alerts/", Alerts.as_view({"get": "list"}), name="api-alerts"),
    path("api/v1/alerts/<int:pk>/", Alerts.as_view({"get": "retrieve"}), name="api-alerts-one"),
    *(
        path(f"api/v1/alerts/<int:pk>/{name}/", Alerts.as_view({"post": name}), name=f"api-alerts-{name}")
        for name in ("acknowledge", "snooze", "resolve", "reopen")
    ),
    *with_and_without_slash(f"{MOBILE}/dashboard", DashboardView, "mobile-dashboard"),
    *with_and_without_slash(f"{MOBILE}/alerts", MobileAlertsView, "mobile-alerts"),
    *with_and_without_slash(f"{MOBILE}/health", MobileHealthView, "mobile-health"),
    *with_and_without_slash(f"{MOBILE}/stats/combined", CombinedStatsView, "mobile-combined-stats"),
]
