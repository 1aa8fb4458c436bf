"""Step 7: which warehouses sell. Only their stock counts as sellable."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.panels import Banner
from inventory.models import Warehouse

from ... import services
from ...models import SyncRun
from ...options import SyncMode, SyncOptions, Trigger
from ..outcome import attempt, run_url, tell_started
from ..words import about_calls, state_tag
from .frame import Choice, Form, Page, Visit, unconnected
from .progress import Standing

ENTITY = "warehouses"


def panels(visit: Visit) -> Sequence[object]:
    standing = visit.standing
    found = standing.warehouses
    shown: list[object] = []
    if run := running(standing):
        shown.append(
            Banner(
                text=cells.joined(
                    [_("A run is reading the warehouses:"), state_tag(run), _("Load this page again.")], " "
                ),
                mood="busy",
                url=run_url(run.pk),
                action=_("Look at the run"),
            )
        )
    if found:
        shown.append(
            Form(
                verb="mark",
                title=_("Which of them sell?"),
                sentences=[
                    _(
                        "Mark the places whose stock may be promised to customers. A place of damaged goods, or one in "
                        "transit, is not marked. You can change it at any time."
                    )
                ],
                name="sells",
                legend=_("Warehouses that sell"),
                many=True,
                choices=[
                    Choice(
                        value=str(each.pk),
                        label=cells.words(each.name),
                        note=_("not active") if each.is_active is False else "",
                        is_chosen=each.sells,
                    )
                    for each in found
                ],
                submit=_("Save what sells"),
                reason="" if may_mark(visit.request) else _("You may not change warehouses."),
            )
        )
    shown.append(
        Form(
            verb="read",
            title=_("Read the warehouses"),
            sentences=[
                _("Their names come from Zoho. A run reads them; a worker has to be running.")
                if not found
                else _("Is one missing? Read them again.")
            ],
            submit=_("Read the warehouses"),
            cost=about_calls(2),
            reason=unconnected(standing),
            is_main=not found,
        )
    )
    return shown


def running(standing: Standing) -> SyncRun | None:
    rows = SyncRun.objects.filter(
        organization=standing.organization, entity=ENTITY, status__in=SyncRun.ACTIVE
    ).defer("cursor")
    return rows.first()


def may_mark(request: HttpRequest) -> bool:
    return request.user.has_perm("inventory.change_warehouse")


def act(request: HttpRequest, standing: Standing, verb: str) -> HttpResponse | None:
    if verb == "read":
        options = SyncOptions(entity=ENTITY, mode=SyncMode.FULL)
        run = attempt(
            request,
            lambda: services.start_run(
                options, trigger=Trigger.ADMIN, organization=standing.organization, user=request.user
            ),
        )
        if run:
            tell_started(request, [run])
        return None
    if not may_mark(request):
        messages.error(request, _("You may not change warehouses."))
        return None
    mark(request, standing)
    return None


def mark(request: HttpRequest, standing: Standing) -> None:
    """Writes the column of ours, and no other: a sync may be writing the row just now."""
    wanted = set(request.POST.getlist("sells"))
    changed = [each for each in standing.warehouses if each.sells != (str(each.pk) in wanted)]
    with transaction.atomic():
        for each in changed:
            each.sells, each.edited_at = str(each.pk) in wanted, timezone.now()
            each.save(update_fields=["sells", "edited_at"])
            note(request, each)
    selling = sum(str(each.pk) in wanted for each in standing.warehouses)
    if not selling:
        messages.warning(request, _("No warehouse sells now, so nothing can be said to be sellable."))
        return
    text = ngettext("%(count)s warehouse sells.", "%(count)s warehouses sell.", selling)
    messages.success(request, text % {"count": selling})


def note(request: HttpRequest, warehouse: Warehouse) -> None:
    """As the warehouse's own page writes it into its history."""
    admin.site.get_model_admin(Warehouse).log_change(request, warehouse, [{"changed": {"fields": ["sells"]}}])


PAGE = Page(panels, act, ("mark", "read"))
