"""Buttons that the sync hangs on the catalogue's pages: a refresh from Zoho for chosen rows, and the entity's syncs.

The catalogue knows nothing of Zoho, so its pages are registered again here with these buttons added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action

from inventory import models
from inventory.admin import cells
from inventory.admin.emptiness import Nothing

from .. import services
from ..models import SyncRun
from ..options import SyncMode, Trigger
from ..processors import registry
from .confirm import Question, ask
from .costs import MOST_EACH, calls_left, most_rows
from .failures import selection
from .outcome import attempt, run_url, tell_started
from .records import RecordMixin
from .starts import EVERYTHING, MODES, action_words, costs_in_words, may_start, start_url
from .words import about_calls, entity_name, with_cost

WATCHED = 10  # records; a refresh of more leads to its run's page
KEYS_AT_A_TIME = 5000


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

    def nothing_yet(self, request: HttpRequest) -> Nothing:
        if not may_start(request):
            text = _("Nothing has been read from Zoho yet. Ask an operator to start the first sync.")
            return Nothing(text=text)
        text = _("Nothing has been read from Zoho yet. Start the first sync; its page shows how far it is.")
        if registry.get(self.entity).is_background:  # no part of everything
            return Nothing(
                text=text,
                url=start_url(self.entity, SyncMode.INCREMENTAL),
                action=action_words(self.entity, SyncMode.INCREMENTAL),
            )
        return Nothing(
            text=text,
            url=start_url(EVERYTHING, SyncMode.FULL),
            action=action_words(EVERYTHING, SyncMode.FULL),
        )

    def list_button_words(self, request: HttpRequest) -> Mapping[str, str]:
        """With what each costs, going by the last runs of its kind; counted only for those who may start it."""
        wanted = [(self.entity, mode) for mode in MODES]
        costs = costs_in_words(models.Organization.objects.first(), wanted) if may_start(request) else {}
        return {
            name: with_cost(action_words(self.entity, mode), costs.get((self.entity, mode), ""))
            for name, mode in (("sync_full", SyncMode.FULL), ("sync_incremental", SyncMode.INCREMENTAL))
        }

    # --- Chosen rows -----------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Refresh the chosen records from Zoho"), permissions=["refresh"])
    def refresh_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """One run reads all that were chosen, be it all that match the filter; its page shows how far it is."""
        most = most_rows(self.entity)
        ids = self.wanted_ids(queryset, most)
        if len(ids) > most:
            words = _("More than %(most)s records are too many to refresh at once. Start a sync instead.")
            messages.error(request, words % {"most": cells.decimal_text(most)})
            return None
        cost, left = services.calls_of_ids(self.entity, len(ids)), sum(calls_left())
        if len(ids) > WATCHED and cost > left:
            words = _(
                "That needs %(cost)s, and %(left)s are left today. Narrow the list, or wait for tomorrow."
            )
            messages.error(request, words % {"cost": about_calls(cost), "left": cells.decimal_text(left)})
            return None
        if request.POST.get("confirmed") == "yes":
            run = self.refresh(request, queryset, ids)
            is_long = run and len(ids) > WATCHED
            return redirect(run_url(run.pk)) if is_long else None
        hidden = [("action", "refresh_selected"), ("confirmed", "yes"), *selection(request, queryset)]
        return ask(request, self.question(ids, hidden, request.get_full_path()))

    def refresh_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET asks, POST starts the run."""
        if not may_start(request):
            raise PermissionDenied
        row = get_object_or_404(self.model, pk=object_id)
        chosen = self.model.objects.filter(pk=row.pk)
        page = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        ids = self.wanted_ids(chosen)
        if request.method != "POST":
            return ask(request, self.question(ids, [], page))
        self.refresh(request, chosen, ids)
        return redirect(page)

    def wanted_ids(self, rows: QuerySet, most: int = MOST_EACH) -> list[str]:
        """External ids, each once; more than `most` when there are more. Several rows may mean one record."""
        found: dict[str, None] = {}
        keys = list(rows.values_list("pk", flat=True))
        for start in range(0, len(keys), KEYS_AT_A_TIME):
            batch = self.model.objects.filter(pk__in=keys[start : start + KEYS_AT_A_TIME]).order_by("pk")
            found |= dict.fromkeys(type(self).ids_of(batch))
            if len(found) > most:
                break
        return list(found)

    def question(self, ids: list[str], hidden: list, cancel_url: str) -> Question:
        cost = about_calls(services.calls_of_ids(self.entity, len(ids)))
        words = _("Refresh this record from Zoho")
        if hidden:
            words = ngettext(
                "Refresh %(count)s record from Zoho", "Refresh %(count)s records from Zoho", len(ids)
            ) % {"count": cells.decimal_text(len(ids))}
        meaning = _("The records are read again from Zoho, now, before everything else that waits.")
        if registry.get(self.entity).has_own_budget:
            meaning = _("They are asked for again now, as far as their own part of the day's calls reaches.")
        return Question(
            title=words,
            sentences=[meaning],
            facts=[
                (_("what"), entity_name(self.entity)),
                (_("records"), cells.number(len(ids))),
                (_("cost"), cost),
                *((_("calls left today"), cells.number(left)) for left in calls_left()),
            ],
            hidden=hidden,
            submit=with_cost(words, cost),
            cancel_url=cancel_url,
        )

    def refresh(self, request: HttpRequest, rows: QuerySet, ids: list[str]) -> SyncRun | None:
        first = rows.select_related("organization").first()
        if first is None:
            return None
        if rows.exclude(organization=first.organization_id).exists():
            messages.error(request, _("Choose records of one organisation only."))
            return None
        run = attempt(
            request,
            lambda: services.refresh_records(
                self.entity, ids, trigger=Trigger.ADMIN, organization=first.organization, user=request.user
            ),
        )
        if run:
            tell_started(request, [run])
        return run


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
    (models.ProductPicture, "pictures", own_ids),
    (models.Vendor, "vendors", own_ids),
    (models.SalesOrder, "sales_orders", own_ids),
    (models.Invoice, "invoices", own_ids),
    (models.CustomerPayment, "customer_payments", own_ids),
    (models.CreditNote, "credit_notes", own_ids),
    (models.Package, "packages", own_ids),
    (models.SalesReturn, "sales_returns", own_ids),
    (models.PurchaseOrder, "purchase_orders", own_ids),
    (models.Bill, "bills", own_ids),
    (models.VendorCredit, "vendor_credits", own_ids),
    (models.Adjustment, "adjustments", own_ids),
    (models.TransferOrder, "transfer_orders", own_ids),
    (models.SourceUser, "users", own_ids),
    (models.Currency, "currencies", own_ids),
    (models.Tax, "taxes", own_ids),
    (models.ProductGroup, "product_groups", own_ids),
    (models.Composite, "composites", own_ids),
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
        }
        admin.site.unregister(model)
        admin.site.register(model, type(plain.__name__, (RefreshMixin, RecordMixin, plain), buttons))


attach()
