"""Addresses that answer with a slash at their end and without one."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path


def with_and_without_slash(address: str, view: Any, name: str) -> list[URLPattern]:
    """No redirect leads from one to the other: it would turn a POST into a GET. The schema tells of the first."""
    return [
        path(address, view.as_view(), name=name),
        path(f"{address}/", view.as_view(schema=None)),
    ]
