"""What every page of ours is built on: quick lists, record pages made of panels, nothing written by default."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from unfold.admin import ModelAdmin

from . import cells
from .buttons import Buttons
from .changelists import QuietChangeList
from .emptiness import EmptyLists

HEAVY = {"payload", "detail_payload"}  # raw records: a price list's alone can be half a megabyte


def with_related(rows: models.QuerySet, *paths: str) -> models.QuerySet:
    """`select_related` that leaves the related rows' raw records in the database."""
    return rows.select_related(*paths).defer(*heavy_columns(rows.model, paths))


def heavy_columns(model: type[models.Model], paths: Iterable[str]) -> list[str]:
    """The raw records of every table that lies on the paths, as names for `defer`."""
    found = []
    for path in paths:
        names, at = path.split("__"), cast(Any, model)
        for depth, name in enumerate(names, start=1):
            at = at._meta.get_field(name).related_model
            has = {column.name for column in at._meta.concrete_fields} & HEAVY
            found += ["__".join((*names[:depth], column)) for column in sorted(has)]
    return found


class LightRelatedFilter(admin.RelatedFieldListFilter):
    """Offers the related rows by name, without loading what else they hold."""

    def field_choices(self, field, request, model_admin):
        related = field.remote_field.model
        has = {column.name for column in related._meta.concrete_fields} & HEAVY
        return [(row.pk, str(row)) for row in related.objects.defer(*has)]


class Titled:
    """A row under the name that its page gives it; everything else of it is the row's own."""

    def __init__(self, row: models.Model, title: str):
        self._row, self._title = row, title

    def __str__(self) -> str:
        return self._title

    def __getattr__(self, name: str) -> object:
        return getattr(self._row, name)


class PageAdmin(Buttons, EmptyLists, ModelAdmin):
    """Read-only. A page shows `get_panels` above the form (if any field is ours to edit) and `get_lower_panels` below.

    heavy_fields: columns too large for a list; lists leave them in the database.
    """

    heavy_fields: Sequence[str] = ()
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    list_filter: Sequence[Any] = ()
    list_display: Sequence[Any] = ("__str__",)
    search_fields: Sequence[str] = ()
    actions: Sequence[Any] = ()
    list_select_related: Sequence[str] | bool = ("organization",)
    list_filter_submit = False
    actions_on_top = True
    empty_value_display = cells.UNKNOWN
    change_form_outer_before_template = "admin/panels/above.html"
    change_form_outer_after_template = "admin/panels/below.html"
    local_fields: Sequence[str] = ()

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(self.local_fields) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: object = None) -> list:
        return [(None, {"fields": list(self.local_fields)})] if self.local_fields else []

    def get_actions(self, request: HttpRequest) -> dict:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = super().get_queryset(request)
        paths = self.list_select_related if isinstance(self.list_select_related, tuple | list) else ()
        rows = rows.defer(*heavy_columns(self.model, paths))
        match = request.resolver_match
        is_list = bool(match and match.url_name and match.url_name.endswith("_changelist"))
        return rows.defer(*self.heavy_fields) if is_list and self.heavy_fields else rows

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Under the name of what it lists; Django's own tells people to select a row to change."""
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[QuietChangeList]:
        return QuietChangeList

    def page_title(self, obj: Any) -> str:
        """The name over one row's page."""
        return str(obj)

    def get_panels(self, request: HttpRequest, obj: Any) -> Iterable[object]:
        """Blocks above the form; of `panels`."""
        return ()

    def get_lower_panels(self, request: HttpRequest, obj: Any) -> Iterable[object]:
        """Blocks below the form; of `panels`."""
        return ()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["subtitle"] = self.page_title(obj)
            context["original"] = Titled(obj, context["subtitle"])
            context["show_history"] = bool(self.local_fields)
            bar = [self.bar(request, str(obj.pk))] if self.has_bar else []
            context["panels_above"] = [*bar, *self.get_panels(request, obj)]
            context["panels_below"] = list(self.get_lower_panels(request, obj))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def pair(self, obj: Any, name: str) -> tuple[str, object]:
        """A column's name in words and its value as it looks on a page."""
        return str(obj._meta.get_field(name).verbose_name), column_cell(obj, name)


def column_cell(obj: Any, name: str) -> object:
    """The cell for a model's column, chosen by the column's kind."""
    column = obj._meta.get_field(name)
    value = getattr(obj, name)
    if isinstance(column, models.ForeignKey):
        return cells.link_to(value)
    if column.choices:
        return cells.words(obj._get_FIELD_display(field=column))
    if isinstance(column, models.BooleanField):
        return cells.yes_no(value)
    if isinstance(column, models.DateField):
        return cells.moment(value)
    if isinstance(column, (models.DecimalField, models.IntegerField)):
        return cells.number(value)
    if isinstance(column, models.JSONField):
        return cells.joined(plain_json(value)) if value else cells.UNKNOWN
    if isinstance(column, models.TextField):
        return cells.paragraphs(value)
    if name.endswith("external_id") or name in LEFT_TO_RIGHT:
        return cells.ltr(value)
    return cells.words(value)


LEFT_TO_RIGHT = {
    "sku", "upc", "ean", "isbn", "part_number", "phone", "mobile", "email", "website", "number", "cause",
}  # fmt: skip


def plain_json(value: object) -> list[object]:
    """The facts inside a small JSON value, one cell each; what is empty is left out."""
    if isinstance(value, dict):
        return [
            cells.joined([cells.words(name), cells.joined(plain_json(each))], ": ")
            for name, each in value.items()
            if each not in (None, "", [], {})
        ]
    if isinstance(value, list):
        return [cells.joined(plain_json(each), " · ") for each in value if each not in (None, "", [], {})]
    return [cells.words(value)]
