"""What can be asked of Zoho about one record, on its page: compare it now, refresh it, open it there.

Each button says what it costs. One that does nothing now says why, and stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.panels import Banner, Custom

from .. import services, web_app
from ..errors import SyncError
from ..models import OAuthToken, TruthCheck
from ..processors import registry
from ..sentences import said
from ..services import RecordComparison
from ..truth.drifts import open_drifts
from .compared import comparison_panels
from .confirm import Question, ask
from .costs import calls_left
from .starts import may_start
from .words import about_calls, with_cost


class RecordMixin:
    """entity: what is asked for. ids_of: from a row to the external id that Zoho knows it, or its owner, by."""

    model: Any  # given by the page that it is mixed into
    opts: Any
    admin_site: Any
    entity: str
    ids_of: Callable[[QuerySet], list[str]]

    def get_urls(self) -> list:
        named = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        verbs = {"compare": self.compare} if can_be_compared(self.entity) else {}
        verbs["refresh_one"] = self.refresh_one
        own = [
            path(f"<path:object_id>/{verb}/", wrap(view), name=f"{named}_{verb}")
            for verb, view in verbs.items()
        ]
        return [*own, *super().get_urls()]

    def get_panels(self, request: HttpRequest, obj: Any) -> Iterable[object]:
        yield verbs_panel(self, request, obj)
        yield from super().get_panels(request, obj)

    def known_as(self, obj: Any) -> str:
        """The external id that is asked for."""
        return type(self).ids_of(self.model.objects.filter(pk=obj.pk))[0]

    def compare(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET asks, POST compares and shows what it found; nothing is kept of that."""
        if not (self.has_view_permission(request) and may_start(request)):
            raise PermissionDenied
        rows = self.model.objects.select_related("organization").defer("payload")
        obj = get_object_or_404(rows, pk=object_id)
        page = page_url(obj)
        if request.method != "POST":
            return ask(request, compare_question(self.entity, page))
        try:
            found = services.compare_record(obj.organization, self.entity, self.known_as(obj))
        except SyncError as error:
            messages.error(request, format_html("{} {}", said(error), _("Nothing was compared.")))
            return redirect(page)
        return self.compared_page(request, obj, found)

    def compared_page(
        self, request: HttpRequest, obj: Any, found: Sequence[RecordComparison]
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        context = self.admin_site.each_context(request) | {
            "title": _("Compared with Zoho"),
            "record": self.page_title(obj),
            "opts": self.opts,
            "panels": [verbs_panel(self, request, obj, back=True), *comparison_panels(found)],
        }
        return TemplateResponse(request, "admin/zoho_sync/compared.html", context)


def page_url(obj: Any) -> str:
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


def can_be_compared(entity: str) -> bool:
    """Is it made of fields that Zoho tells? A picture is not."""
    return registry.get(entity).lane != "pictures"


def compare_words(entity: str) -> str:
    count = services.calls_of_comparison(entity)
    told = ngettext(
        "Compare this record with Zoho now, %(count)s call",
        "Compare this record with Zoho now, %(count)s calls",
        count,
    )
    return told % {"count": count}


def compare_question(entity: str, cancel_url: str) -> Question:
    return Question(
        title=_("Compare this record with Zoho now"),
        sentences=[
            _("Zoho is asked for this one record, and every field is shown beside ours."),
            _("Nothing that is mirrored is changed."),
        ],
        facts=[
            (_("cost"), about_calls(services.calls_of_comparison(entity))),
            *((_("calls left today"), cells.number(left)) for left in calls_left()),
        ],
        submit=compare_words(entity),
        cancel_url=cancel_url,
    )


def verbs_panel(page: Any, request: HttpRequest, obj: Any, *, back: bool = False) -> Custom:
    """back: it stands above a comparison, not on the record's own page."""
    token = OAuthToken.objects.filter(organization=obj.organization_id).only(
        "region", "state", "state_message"
    ).first()  # fmt: skip
    named = f"admin:{obj._meta.app_label}_{obj._meta.model_name}"
    hindrance, known_as = why_not(request, token), page.known_as(obj)
    cost = services.calls_of_ids(page.entity, 1)
    refresh = with_cost(_("Refresh this record from Zoho"), about_calls(cost))
    verbs = [(reverse(f"{named}_refresh_one", args=[obj.pk]), refresh, "cloud_download")]
    if can_be_compared(page.entity):
        address = reverse(f"{named}_compare", args=[obj.pk])
        verbs.insert(0, (address, compare_words(page.entity), "compare_arrows"))
    return Custom(
        template="admin/zoho_sync/record_verbs.html",
        values={
            "verbs": verbs,
            "hindrance": hindrance,
            "web": web_app.page_of(obj.organization, page.entity, known_as, token),
            "back": page_url(obj) if back else "",
            "drift": None if back else drift_banner(obj, page.entity, known_as),
        },
    )


def why_not(request: HttpRequest, token: OAuthToken | None) -> str:
    """Why Zoho cannot be asked now by this visitor; "" when it can."""
    if not may_start(request):
        return _("You may look, but not spend calls to Zoho. An operator can compare and refresh.")
    if token is None:
        return _("Zoho cannot be asked: the organisation is not connected. Connect it first.")
    if token.state == OAuthToken.State.REFUSED:
        return _("Zoho cannot be asked: it refuses our credentials. Connect again first.")
    return ""


def drift_banner(obj: Any, entity: str, known_as: str) -> Banner | None:
    """What the truth meter has found, if the record was drawn and nothing has made it equal since."""
    entities = ("products", "stock") if entity in ("products", "stock") else (entity,)
    drifts = open_drifts(
        TruthCheck.objects.filter(organization=obj.organization_id, entity__in=entities, external_id=known_as)
    )
    found = drifts.order_by("-checked_at").first()
    if found is None:
        return None
    told = format_html(
        "{} {}", _("It was found to differ from Zoho, and nothing has made it equal since:"),
        cells.age(found.checked_at),
    )  # fmt: skip
    url = reverse("admin:zoho_sync_truthcheck_change", args=[found.pk])
    return Banner(text=told, mood="bad", url=url, action=_("See what differed"))
