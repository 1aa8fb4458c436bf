"""All pictures, with what became of each; above them how many products have theirs, and why the others have none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from ..models import ProductPicture
from ..pictures.coverage import PictureCoverage, picture_coverage
from . import cells
from .columns import moment, number, text
from .filters import WordFilter
from .mirror import MirrorAdmin, PresenceFilter
from .panels import Custom, Figure, Figures
from .pictures import picture_values, thumbnail, why_none

State = ProductPicture.State
MOODS = {
    State.HERE: "good",
    State.WAITING: "busy",
    State.ABSENT: "quiet",
    State.REFUSED: "warn",
    State.FAILED: "bad",
}


class StateFilter(WordFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def get_choices(self) -> list[tuple[str, str, Q]]:
        return [(value, str(label), Q(state=value)) for value, label in State.choices]


class ProblemFilter(WordFilter):
    title = gettext_lazy("problem")
    parameter_name = "problem"

    def get_choices(self) -> list[tuple[str, str, Q]]:
        return [(value, str(label), Q(problem=value)) for value, label in ProductPicture.Problem.choices]


@admin.register(ProductPicture)
class ProductPictureAdmin(MirrorAdmin):
    list_display = ("product_cell", "state_cell", "why", "pixels", "size", "file", "fetched", "presence")
    list_filter = (PresenceFilter, StateFilter, ProblemFilter)
    list_select_related = ("organization", "product")
    more_columns = ("document_id", "source_kind", "source_bytes", "attempts", "next_attempt_at", "synced_at")
    searched_by = "product"
    search_fields = ("product__name", "product__sku", "product__external_id")
    search_help_text = gettext_lazy("Product's name, SKU or external id")
    list_before_template = "admin/lists/pictures.html"
    plain = {
        **MirrorAdmin.plain,
        "product_cell": text("product__name", "product__external_id", make=lambda name, key: name or key),
        "state_cell": text("state"),
        "why": text("problem"),
        "pixels": text("width", "height", make=lambda width, height: f"{width}x{height}" if width else ""),
        "size": number("bytes"),
        "file": text("name"),
        "fetched": moment("fetched_at"),
    }
    sections = (
        (gettext_lazy("At the source"), ("product", "name", "document_id", "source_kind", "source_bytes")),
        (
            gettext_lazy("Here"),
            ("state", "width", "height", "bytes", "fetched_at", "attempts", "next_attempt_at"),
        ),
    )

    @display(description=gettext_lazy("product"))
    def product_cell(self, row: ProductPicture) -> object:
        name = row.product.name or row.product.external_id
        row.product.picture = row  # already read: whoever shows it need not ask again
        return format_html('<span class="tsh-thumbed">{}{}</span>', thumbnail(row.product), cells.words(name))

    @display(description=gettext_lazy("state"), ordering="state")
    def state_cell(self, row: ProductPicture) -> object:
        return cells.tag(row.get_state_display(), MOODS[State(row.state)])

    @display(description=gettext_lazy("why"))
    def why(self, row: ProductPicture) -> object:
        return why_none(row) if row.problem else ""

    @display(description=gettext_lazy("pixels"))
    def pixels(self, row: ProductPicture) -> object:
        return cells.ltr(f"{row.width} × {row.height}" if row.width else "")

    @display(description=gettext_lazy("size"), ordering="bytes")
    def size(self, row: ProductPicture) -> object:
        return size_in_words(row.bytes)

    @display(description=gettext_lazy("file"), ordering="name")
    def file(self, row: ProductPicture) -> object:
        return cells.ltr(row.name)

    @display(description=gettext_lazy("fetched"), ordering="fetched_at")
    def fetched(self, row: ProductPicture) -> object:
        return cells.age(row.fetched_at)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """With the coverage above it, on the list as it begins: whoever has narrowed it looks for something else."""
        shown = {} if request.GET else {"coverage": coverage_figures(picture_coverage())}
        return super().changelist_view(request, shown | (extra_context or {}))

    def page_title(self, obj: ProductPicture) -> str:
        return str(obj.product)

    def get_panels(self, request: HttpRequest, obj: ProductPicture) -> Iterable[object]:
        yield from super().get_panels(request, obj)
        obj.product.picture = obj
        yield Custom(
            template="admin/panels/picture_head.html", values=picture_values(obj.product) | _told(obj)
        )


def _told(obj: ProductPicture) -> dict[str, Any]:
    return {
        "state": cells.tag(obj.get_state_display(), MOODS[State(obj.state)]),
        "why": why_none(obj) if obj.problem else "",
        "again": cells.age(obj.next_attempt_at) if obj.next_attempt_at else "",
        "product_url": reverse("admin:inventory_product_change", args=[obj.product_id]),
    }


def size_in_words(count: int | None) -> object:
    """Bytes as people read them: "34 KB"."""
    if count is None:
        return cells.UNKNOWN
    return cells.ltr(f"{cells.decimal_text(max(1, round(count / 1024)))} KB")


def coverage_figures(told: PictureCoverage) -> Figures:
    """Each figure leads to the very rows."""
    pictures = reverse("admin:inventory_productpicture_changelist")
    products = reverse("admin:inventory_product_changelist")
    share = (
        ""
        if told.percent is None
        else _("%(percent)s %% of what the source names") % {"percent": told.percent}
    )
    failed, refused = sum(told.failed.values()), sum(told.refused.values())
    return Figures(
        title=_("Pictures of products"),
        tiles=[
            Figure(
                name=_("here"), value=cells.number(told.here), note=share, url=f"{pictures}?state=here",
                mood="good" if told.here and not told.waiting else "",
            ),
            Figure(name=_("to be fetched"), value=cells.number(told.waiting), url=f"{products}?picture=waiting"),
            Figure(
                name=_("refused"), value=cells.number(refused), note=_kinds(told.refused),
                url=f"{pictures}?state=refused", mood="warn" if refused else "",
            ),
            Figure(
                name=_("failed"), value=cells.number(failed), note=_kinds(told.failed),
                url=f"{pictures}?state=failed", mood="bad" if failed else "",
            ),
            Figure(
                name=_("not at the source"), value=cells.number(told.absent), note=_("named there, but none to give"),
                url=f"{pictures}?state=absent",
            ),
            Figure(
                name=_("without a picture"), value=cells.number(told.unnamed), note=_("the source names none"),
                url=f"{products}?picture=none",
            ),
        ],
    )  # fmt: skip


def _kinds(counts: Any) -> object:
    """ "broken: 3 · too many pixels: 1", the commonest first."""
    words = dict(ProductPicture.Problem.choices)
    told = sorted(counts.items(), key=lambda pair: -pair[1])
    return cells.joined([f"{words.get(name, name)}: {count}" for name, count in told], " · ") if told else ""
