"""Buttons that the sync hangs on the catalogue's pages: "Refresh from Zoho" for chosen rows, and the entity's syncs.

The catalogue knows nothing of Zoho, so its pages are registered again here with these buttons added.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from inventory import models
from inventory.admin import cells

from .. import services
from ..options import MAX_BATCH, SyncMode, Trigger
from ..processors import registry
from ..processors.base import Details
from .confirm import Question, ask
from .failures import selection
from .outcome import attempt, tell_started
from .starts import may_start, start_url
from .words import about_calls, entity_name

MOST_ROWS = 1000  # more than that is a sync, not a refresh


class RefreshMixin:
    """entity: what is read again. ids_of: from chosen rows to the external ids that are asked for."""

    model: Any  # given by the page that it is mixed into
    opts: Any
    entity: str
    ids_of: Callable[[QuerySet], list[str]]

    def has_refresh_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return may_start(request)

    # --- Syncs of the whole entity ---------------------------------------------------------------

    @action(description=gettext_lazy("Full sync"), permissions=["refresh"], icon="sync")
    def sync_full(self, request: HttpRequest) -> HttpResponse:
        return redirect(start_url(self.entity, SyncMode.FULL))

    @action(description=gettext_lazy("Incremental sync"), permissions=["refresh"], icon="update")
    def sync_incremental(self, request: HttpRequest) -> HttpResponse:
        return redirect(start_url(self.entity, SyncMode.INCREMENTAL))

    # --- Chosen rows -----------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Refresh from Zoho"), permissions=["refresh"])
    def refresh_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        ids = self.wanted_ids(queryset)
        if len(ids) > MOST_ROWS:
            told = _(
                "%(count)s records are too many to refresh at once; at most %(most)s. Start a sync instead."
            )
            messages.error(request, told % {"count": len(ids), "most": MOST_ROWS})
            return None
        if request.POST.get("confirmed") == "yes":
            self.refresh(request, queryset, ids)
            return None
        hidden = [("action", "refresh_selected"), ("confirmed", "yes"), *selection(request, queryset)]
        return ask(request, self.question(ids, hidden, request.get_full_path()))

    @action(description=gettext_lazy("Refresh from Zoho"), permissions=["refresh"], icon="cloud_download")
    def refresh_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        row = get_object_or_404(self.model, pk=object_id)
        chosen = self.model.objects.filter(pk=row.pk)
        page = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        ids = self.wanted_ids(chosen)
        if request.method != "POST":
            return ask(request, self.question(ids, [], page))
        self.refresh(request, chosen, ids)
        return redirect(page)

    def wanted_ids(self, rows: QuerySet) -> list[str]:
        return list(dict.fromkeys(type(self).ids_of(rows)))

    def question(self, ids: list[str], hidden: list, cancel_url: str) -> Question:
        return Question(
            title=_("Refresh from Zoho"),
            sentences=[_("The records are read again from Zoho, now, before everything else that waits.")],
            facts=[
                (_("what"), entity_name(self.entity)),
                (_("records"), cells.number(len(ids))),
                (_("cost"), about_calls(refresh_cost(self.entity, len(ids)))),
            ],
            hidden=hidden,
            submit=_("Refresh"),
            cancel_url=cancel_url,
        )

    def refresh(self, request: HttpRequest, rows: QuerySet, ids: list[str]) -> None:
        first = rows.select_related("organization").first()
        if first is None:
            return
        if rows.exclude(organization=first.organization_id).exists():
            messages.error(request, _("Choose records of one organisation only."))
            return
        run = attempt(
            request,
            lambda: services.refresh_records(
                self.entity, ids, trigger=Trigger.ADMIN, organization=first.organization, user=request.user
            ),
        )
        if run:
            tell_started(request, [run])


def refresh_cost(entity: str, count: int) -> int:
    """Bulk details take many ids a call, others one; an entity without details is read as a whole."""
    details = registry.get(entity).details
    if details is Details.BULK:
        return ceil(count / MAX_BATCH)
    return count if details is Details.EACH else 1


def own_ids(rows: QuerySet) -> list[str]:
    return list(rows.values_list("external_id", flat=True))


def product_ids(rows: QuerySet) -> list[str]:
    return list(rows.values_list("product__external_id", flat=True))


def price_list_ids(rows: QuerySet) -> list[str]:
    return list(rows.values_list("price_list__external_id", flat=True))


PAGES = (
    (models.Product, "products", own_ids),
    (models.StockLevel, "stock", product_ids),
    (models.Customer, "customers", own_ids),
    (models.PriceList, "price_lists", own_ids),
    (models.PriceListItem, "price_lists", price_list_ids),
    (models.Warehouse, "warehouses", own_ids),
)


def attach() -> None:
    """Register the catalogue's pages again, each with its buttons."""
    for model, entity, ids_of in PAGES:
        plain: Any = type(admin.site.get_model_admin(model))
        buttons = {
            "entity": entity,
            "ids_of": staticmethod(ids_of),
            "actions": (*(plain.actions or ()), "refresh_selected"),
            "actions_list": (*plain.actions_list, "sync_incremental", "sync_full"),
            "actions_detail": (*plain.actions_detail, "refresh_one"),
        }
        admin.site.unregister(model)
        admin.site.register(model, type(plain.__name__, (RefreshMixin, plain), buttons))


attach()
