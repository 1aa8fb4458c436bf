"""What a list shows, as a file: its filters, its order, its columns; told to the log of actions before it begins."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.contenttypes.models import ContentType
from django.db.models import Value
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .. import exporting
from ..days import zone_named
from . import cells
from .columns import Plain

ROWS_AT_A_TIME = 1000
FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export_permission(model: Any) -> str:
    return f"{model._meta.app_label}.export_{model._meta.model_name}"


def export(admin: Any, request: HttpRequest, form: str) -> HttpResponseBase:
    """The rows of the list that the request's address describes. form: csv or xlsx; any other is a 404."""
    if form not in FORMS:
        raise Http404
    back = f"{admin.list_url()}?{request.GET.urlencode()}"
    try:
        changelist = admin.get_changelist_instance(request)
    except IncorrectLookupParameters:
        messages.error(request, _("These filters cannot be read, so nothing was exported."))
        return redirect(admin.list_url())
    # Keys alone: eight bytes a row. The rows follow by them, so that no transaction stays open for a slow reader.
    keys = array("q", changelist.queryset.values_list("pk", flat=True).iterator(chunk_size=5000))
    if form == "xlsx" and len(keys) > exporting.MOST_SHEET_ROWS:
        told = _(
            "%(count)s rows are too many for an XLSX file; at most %(most)s. Take CSV, or filter the list."
        )
        figures = {
            "count": cells.decimal_text(len(keys)),
            "most": cells.decimal_text(exporting.MOST_SHEET_ROWS),
        }
        messages.error(request, told % figures)
        return redirect(back)
    columns = admin.exported_columns(request)
    _log(request, admin, form, len(keys))
    titles = list(_titles(columns))
    language = translation.get_language()
    rows = _rows(admin, keys, columns, language)
    name = f"{admin.opts.model_name}-{timezone.localtime():%Y-%m-%d-%H%M}.{form}"
    answer: HttpResponse | Any
    if form == "csv":
        answer = StreamingHttpResponse(exporting.csv_pieces(titles, rows), content_type=FORMS[form])
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
    else:
        title = str(admin.opts.verbose_name_plural)
        file = exporting.xlsx_file(title, titles, rows, right_to_left=translation.get_language_bidi())
        answer = FileResponse(file, as_attachment=True, filename=name, content_type=FORMS[form])
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"  # a proxy would wait for the end
    return answer


def _log(request: HttpRequest, admin: Any, form: str, count: int) -> None:
    told = f"Exported {count} rows as {form.upper()}; filters: {request.GET.urlencode() or 'none'}"
    LogEntry.objects.create(
        user_id=request.user.pk,
        content_type=ContentType.objects.get_for_model(admin.model),
        object_repr=str(admin.opts.verbose_name_plural),
        action_flag=CHANGE,
        change_message=told,
    )


def _titles(columns: Sequence[tuple[str, Plain]]) -> Iterator[str]:
    for title, plain in columns:
        yield capfirst(title)
        if plain.currency:
            yield _("%(amount)s: currency") % {"amount": capfirst(title)}


def _rows(
    admin: Any, keys: Iterable[int], columns: Sequence[tuple[str, Plain]], language: str
) -> Iterator[list[Any]]:
    """Plain rows in the order of `keys`; one that has gone meanwhile is left out."""
    plains = [plain for _title, plain in columns]
    paths = list(dict.fromkeys(path for plain in plains for path in (*plain.paths, plain.currency) if path))
    places = {path: place for place, path in enumerate(paths, start=2)}
    recipes = [
        (plain, [places[path] for path in plain.paths], places.get(plain.currency)) for plain in plains
    ]
    source = admin.exported_rows()
    own = {column.name for column in source.model._meta.concrete_fields}
    zone: Any = "organization__time_zone" if "organization" in own else Value("")  # that of the settings
    left = iter(keys)
    while batch := list(islice(left, ROWS_AT_A_TIME)):
        found = source.filter(pk__in=batch).order_by().values_list("pk", zone, *paths)
        by_key = {row[0]: row for row in found}
        with translation.override(language):
            words = {True: _("Yes"), False: _("No"), None: ""}
            made = [_row(by_key[key], recipes, words) for key in batch if key in by_key]
        yield from made


def _row(
    row: Sequence[Any], recipes: Sequence[tuple[Plain, list[int], int | None]], words: dict
) -> list[Any]:
    told: list[Any] = []
    for plain, places, currency in recipes:
        value = plain.value([row[place] for place in places])
        if plain.kind == "flag":
            value = words[value]
        elif plain.kind == "moment" and isinstance(value, datetime):  # a day has no zone
            value = value.astimezone(zone_named(row[1]))
        elif plain.kind == "text":
            value = "" if value is None else str(value)
        told.append(value)
        if currency is not None:
            told.append(row[currency] or "")
    return told
