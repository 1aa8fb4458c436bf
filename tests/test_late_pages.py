"""The admin's pages are loaded with the addresses, and by nobody who shows none."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.contrib import admin
from django.core import checks
from django.urls import reverse

from inventory.models import Product
from tests.conftest import PROJECT

pytestmark = pytest.mark.one_leg

PAGES = {"inventory.admin.products", "zoho_sync.admin.runs", "monitoring.admin", "rest_framework.views"}


def loaded_by(code: str) -> set[str]:
    """The modules of a fresh process that has set Django up and run `code`."""
    words = f"import django, json, sys; django.setup(); {code}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", words], cwd=PROJECT, env=dict(os.environ), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "from zoho_sync.management.commands import run_queue",
        "from zoho_sync.management.commands import run_worker",
        "from monitoring.management.commands import run_monitor",
        "from zoho_sync.management.commands import sync_products",
    ],
)
def test_who_works_loads_no_pages(code):
    found = loaded_by(code)
    assert "zoho_sync.models" in found
    assert not {name for name in found if ".admin." in name and not name.startswith("django.")}
    assert not PAGES & found


def test_the_queue_has_loaded_what_jobs_need_before_it_forks():
    found = loaded_by("from zoho_sync.management.commands import run_queue")
    assert {"zoho_sync.tasks", "zoho_sync.runner", "zoho_sync.loader", "zoho_sync.zoho.client"} <= found


@pytest.mark.parametrize(
    "code",
    [
        "from django.urls import reverse; reverse('admin:inventory_product_changelist')",
        "from django.core import checks; checks.run_checks(tags=['admin'])",
    ],
    ids=["an address", "the checks"],
)
def test_who_needs_the_pages_has_them(code):
    assert loaded_by(code) >= PAGES


def test_a_page_that_is_wrong_is_told_by_the_checks(monkeypatch):
    reverse("admin:index")
    monkeypatch.setattr(type(admin.site._registry[Product]), "list_display", ("nowhere",))
    assert "admin.E108" in {each.id for each in checks.run_checks(tags=["admin"])}
