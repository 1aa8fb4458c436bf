"""Where runs are shown and decided, and what stands there."""

from __future__ import annotations

from django.urls import reverse

from zoho_sync.models import SyncRun


def start_url(entity: str, mode: str) -> str:
    return reverse("admin:zoho_sync_syncrun_start_entity", args=[entity, mode])


def page(run: SyncRun, verb: str = "change") -> str:
    return reverse(f"admin:zoho_sync_syncrun_{verb}", args=[run.pk])


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()
