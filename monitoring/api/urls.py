"""Addresses of alerts, and of the mobile screens that bring everything together."""

from __future__ import annotations

from django.urls import URLPattern, path

from .alerts import AlertsView

urlpatterns: list[URLPattern] = [
    path("api/v1/alerts/", AlertsView.as_view(), name="api-alerts"),
]
