"""The inbox of webhooks: every delivery, what became of it, and the buttons that try it again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from inventory.admin import cells
from inventory.admin.emptiness import Nothing
from inventory.admin.pages import PageAdmin, QuietChangeList
from inventory.models import Organization

from ..models import WebhookDelivery
from ..subjects import SUBJECTS
from . import delivery_page, webhook_coverage, webhook_setup, webhook_trial
from .delivery_filters import ReceivedFilter, SubjectFilter
from .replays import ReplayMixin, dead_banner
from .webhook_words import (
    delivery_tag,
    marks,
    mirrored_rows,
    record_cell,
    seconds,
    subject_name,
)
from .words import about_calls, with_cost

Status = WebhookDelivery.Status


class DeliveryList(QuietChangeList):
    """Knows for the rows of its page the records that they are about."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(cast(Any, self).result_list)
        known = mirrored_rows(rows)
        for delivery in rows:
            delivery.mirrored_row = known.get(delivery.pk)
        self.result_list = rows


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReplayMixin, PageAdmin):
    heavy_fields = ("body", "headers", "query", "item_ids")
    list_display = (
        "subject_cell",
        "record",
        "state",
        "result_cell",
        "proof",
        "attempts",
        "received",
        "run_cell",
    )
    list_filter = ("status", SubjectFilter, ReceivedFilter, "is_test", "is_duplicate", "proof")
    list_before_template = "admin/panels/above.html"
    list_select_related = ("run",)
    search_fields = ("record_id",)
    search_help_text = gettext_lazy("The whole of a record's id or of an event id")
    actions = ("replay_selected",)
    actions_detail = ("replay_one",)

    def get_urls(self) -> list:
        own = [*webhook_setup.urls(self), *webhook_trial.urls(self), *webhook_coverage.urls(self)]
        return [*own, *self.replay_urls(), *super().get_urls()]

    def nothing_yet(self, request: HttpRequest) -> Nothing:
        text = _(
            "No webhook has come yet. Set them up in Zoho, with our addresses and a secret, and send a test."
        )
        url = reverse("admin:zoho_sync_webhookdelivery_setup")
        return Nothing(text=text, url=url, action=_("Set up webhooks"))

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[QuietChangeList]:
        return DeliveryList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Whole ids only: they are found by index among a million rows, parts of them are not."""
        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            return queryset.filter(event_id=uuid.UUID(term)), False
        except ValueError:
            everybody = list(Organization.objects.values_list("pk", flat=True))
            about = {"organization__in": everybody, "subject__in": ["", *SUBJECTS], "record_id": term}
            return queryset.filter(**about), False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        answer = super().changelist_view(request, extra_context)
        if isinstance(answer, TemplateResponse) and answer.context_data and "cl" in answer.context_data:
            banners = [dead_banner(request), self.matching_banner(request, answer.context_data["cl"])]
            answer.context_data["panels_above"] = [each for each in banners if each]
        return answer

    # --- List ------------------------------------------------------------------------------------

    @display(description=gettext_lazy("subject"), ordering="subject")
    def subject_cell(self, delivery) -> object:
        event = cells.words(delivery.event_type) if delivery.event_type else ""
        return cells.stacked(subject_name(delivery.subject), event, marks(delivery))

    @display(description=gettext_lazy("record"))
    def record(self, delivery) -> object:
        return record_cell(delivery, delivery.mirrored_row)

    @display(description=gettext_lazy("state"), ordering="status")
    def state(self, delivery) -> object:
        again = cells.age(delivery.next_attempt_at) if delivery.status == Status.FAILED else ""
        return cells.stacked(delivery_tag(delivery), again)

    @display(description=gettext_lazy("result"))
    def result_cell(self, delivery) -> object:
        took = seconds(delivery.seconds) if delivery.seconds is not None else ""
        return cells.stacked(delivery.get_result_display() or cells.UNKNOWN, took)

    @display(description=gettext_lazy("attempts"), ordering="attempts_count")
    def attempts(self, delivery) -> object:
        return cells.number(delivery.attempts_count)

    @display(description=gettext_lazy("received"), ordering="received_at")
    def received(self, delivery) -> object:
        return cells.age(delivery.received_at)

    @display(description=gettext_lazy("run"))
    def run_cell(self, delivery) -> object:
        return cells.link_to(delivery.run, cells.ltr(f"#{delivery.run_id}"))

    # --- One delivery ----------------------------------------------------------------------------

    def page_title(self, obj: WebhookDelivery) -> str:
        return f"{subject_name(obj.subject)} {obj.record_id}".strip()

    def get_panels(self, request: HttpRequest, obj: WebhookDelivery) -> Iterable[object]:
        yield from delivery_page.panels(obj)

    def get_lower_panels(self, request: HttpRequest, obj: WebhookDelivery) -> Iterable[object]:
        yield from delivery_page.lower_panels(obj)

    def button_words(self, request: HttpRequest, object_id: object) -> Mapping[str, str]:
        return {"replay_one": with_cost(_("Replay this delivery"), about_calls(1))}

    def refusals(self, request: HttpRequest, object_id: object) -> Mapping[str, str]:
        """While a run is asking for the record there is nothing to replay."""
        key = object_id if str(object_id).isdecimal() else 0
        busy = WebhookDelivery.objects.filter(pk=key, status=Status.PROCESSING)
        return {"replay_one": _("A run is asking Zoho for its record just now.")} if busy.exists() else {}
