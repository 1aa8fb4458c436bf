"""What a verb did, told on the next page: a link to the run it started, or why it could not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells

from ..errors import RunInProgress, SyncError
from ..models import SyncRun
from .words import entity_name


def run_url(run_id: int) -> str:
    return reverse("admin:zoho_sync_syncrun_change", args=[run_id])


def run_link(run_id: int) -> object:
    return cells.link(run_url(run_id), _("run %(number)s") % {"number": run_id})


Result = TypeVar("Result")


def attempt(request: HttpRequest, verb: Callable[[], Result]) -> Result | None:
    """Call a service; its refusal becomes a message and None, never a broken page."""
    try:
        return verb()
    except RunInProgress as error:
        link = run_link(error.run_id) if error.run_id else ""
        sentence = _("%(entity)s: another run has not ended yet. Wait for it, or cancel it.")
        text = sentence % {"entity": entity_name(error.entity)}
        messages.warning(request, format_html("{} {}", text, link))
    except SyncError as error:
        messages.error(request, str(error))
    return None


def tell_started(request: HttpRequest, runs: Sequence[SyncRun]) -> None:
    text = ngettext("%(count)s run was queued:", "%(count)s runs were queued:", len(runs)) % {
        "count": len(runs)
    }
    messages.success(
        request, format_html("{} {}", text, cells.joined([run_link(run.pk) for run in runs], " · "))
    )
