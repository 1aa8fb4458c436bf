"""The pages that lead to a connection. Each step can be taken again at any time, and shows what is true now."""

from __future__ import annotations

from django.urls import path

from . import (
    client,
    consent,
    data_center,
    dry_run,
    filters,
    organization,
    overview,
    schedule,
    test_calls,
    warehouses,
    webhook,
)
from .frame import step_view
from .progress import STEPS

PAGES = {
    "data-center": data_center.PAGE,
    "client": client.PAGE,
    "consent": consent.PAGE,
    "organization": organization.PAGE,
    "test": test_calls.PAGE,
    "filters": filters.PAGE,
    "warehouses": warehouses.PAGE,
    "webhook": webhook.PAGE,
    "dry-run": dry_run.PAGE,
    "schedule": schedule.PAGE,
}


def urls(page) -> list:
    root, guard = "connect/", page.admin_site.admin_view
    return [
        path(root, guard(overview.view(page)), name="zoho_sync_oauthtoken_connect"),
        path(
            f"{root}consent/return/", guard(consent.answer(page)), name="zoho_sync_oauthtoken_connect_return"
        ),
        *(
            path(
                f"{root}{step.slug}/",
                guard(step_view(page, step, PAGES[step.slug])),
                name=f"zoho_sync_oauthtoken_connect_{step.name}",
            )
            for step in STEPS
        ),
    ]
