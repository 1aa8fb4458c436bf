"""The page of all movements of a product, by place and back through time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import movements
from ..models import Product, StockLevel
from . import why
from .causes import Causes
from .kept import Tab

KNOWN = {"place", "before"}


class WhyPage:
    """For the products' admin: .../why/?place=<warehouse key>&before=<yyyy-mm-dd>."""

    model: Any
    opts: Any
    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        base: Any = super()
        view = self.admin_site.admin_view(require_safe(self.why_view))
        return [path("<path:object_id>/why/", view, name="inventory_product_why"), *base.get_urls()]

    def why_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        page: Any = self
        if not (page.has_view_or_change_permission(request) and request.user.has_perms(why.NEEDED)):
            raise PermissionDenied
        rows = self.model.objects.select_related("organization").defer("payload", "detail_payload")
        product = get_object_or_404(rows, pk=int(object_id) if object_id.isdecimal() else 0)
        place, before = asked(request)
        story = movements.story(product, warehouse=place, before=before)
        causes = Causes(why.causes_in(story), request.user.has_perm)
        request.current_app = self.admin_site.name
        context = self.admin_site.each_context(request) | {
            "title": _("Why is this number so"),
            "record": page.page_title(product),
            "record_url": reverse("admin:inventory_product_change", args=[product.pk]),
            "opts": self.opts,
            "tabs": tabs(product, place),
            "panels": [why.table(product, story, causes, place=place, more=False)],
            "older_url": older_url(product, story, place),
            "newest_url": why.why_url(product, place=place) if before else "",
        }
        return TemplateResponse(request, "admin/documents/why.html", context)


def asked(request: HttpRequest) -> tuple[int | None, date | None]:
    """(place, before). Raises BadRequest for what cannot be read, naming it."""
    if strange := sorted(set(request.GET) - KNOWN):
        raise BadRequest(_("Unknown parameter: %(names)s") % {"names": ", ".join(strange)})
    place, before = request.GET.get("place", ""), request.GET.get("before", "")
    if place and not (place.isdecimal() and len(place) < 19):
        raise BadRequest(_("place has to be the number of a warehouse"))
    try:
        day = date.fromisoformat(before) if before else None
    except ValueError:
        raise BadRequest(_("before has to be a day, such as 2026-11-20")) from None
    return int(place) if place else None, day


def tabs(product: Product, chosen: int | None) -> list[Tab]:
    levels = StockLevel.objects.filter(product=product).order_by("warehouse__name", "warehouse")
    found = [Tab(_("All places"), why.why_url(product), chosen is None)]
    for key, name, external_id in levels.values_list(
        "warehouse", "warehouse__name", "warehouse__external_id"
    ):
        found.append(Tab(name or external_id, why.why_url(product, place=key), chosen == key))
    return found


def older_url(product: Product, story: movements.Story, place: int | None) -> str:
    """Where the list goes on; "" at its end. The last day is shown again, since it may have been cut in two."""
    if not story.more or story.until is None:
        return ""
    begins_later = any(each.day and each.day > story.until for each in story.movements)
    day = story.until + timedelta(days=1) if begins_later else story.until
    return why.why_url(product, place=place, before=day.isoformat())
