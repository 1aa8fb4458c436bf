"""Addresses that callers of the predecessor know: bulk syncs, and the mobile screens about runs and stock."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
