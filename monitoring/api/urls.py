"""Addresses of alerts, and of the mobile screens that bring everything together."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
