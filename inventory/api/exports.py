"""The whole of a filtered list as CSV, streamed: `?format=csv`, or `Accept: text/csv`.

UTF-8 with a byte order mark, so that Excel opens Arabic right. A cell that a spreadsheet would take for a formula is
defused with an apostrophe (OWASP, CSV injection), unless it is a plain number.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from .rendering import as_json, decimal_text

PARAMETER = "format"
ROWS_AT_ONCE = 200
CHUNK = 2000  # rows read from the database in one go
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")


class CsvRenderer(BaseRenderer):
    """Stands for CSV when the form of the answer is chosen. Lists stream by themselves; this renders refusals."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type=None, renderer_context=None) -> bytes:
        return as_json(data)


class NamedFormat(DefaultContentNegotiation):
    """A `?format=` that there is not is a mistake of the visitor's, and is named."""

    def get_accept_list(self, request: Request) -> list[str]:
        """Most programs take anything; the framework would rename all headers of the request to find that out."""
        if request.META.get("HTTP_ACCEPT", "*/*") == "*/*":
            return ["*/*"]
        return super().get_accept_list(request)

    def filter_renderers(self, renderers: Iterable[Any], format: str) -> list[Any]:
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            names = ", ".join(renderer.format for renderer in renderers)
            raise ValidationError({PARAMETER: [_("One of %(names)s is expected.") % {"names": names}]})
        return found


def wants_csv(request: Request) -> bool:
    """Is the answer to be CSV? Raises ValidationError if it is to be one page of it."""
    if getattr(request.accepted_renderer, "format", "") != CsvRenderer.format:
        return False
    for name in ("cursor", "page_size"):
        if name in request.query_params:
            raise ValidationError({name: [_("CSV holds the whole list and has no pages.")]})
    return True


def csv_response(
    header: Sequence[str], rows: Iterable[Sequence[Any]], *, filename: str
) -> StreamingHttpResponse:
    """Stream the rows, each as long as the header. filename: without its ending."""
    response = StreamingHttpResponse(_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


class CsvList:
    """For a list view with a serializer: streams all rows that the filters leave, if CSV is wanted. The view has
    OrjsonRenderer and CsvRenderer among its `renderer_classes`, NamedFormat for `content_negotiation_class`, and may
    say `export_name`."""

    export_name = "export"

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        if not wants_csv(request):
            return super().list(request, *args, **kwargs)  # type: ignore[misc]
        queryset = self.filter_queryset(self.get_queryset())
        pages = self.paginator
        pages.read(request, self, queryset.model)
        queryset = pages.order.sort(queryset, backward=False)
        serializer = self.get_serializer()
        names = list(serializer.fields)
        told = (serializer.to_representation(row) for row in queryset.iterator(chunk_size=CHUNK))
        rows = ([row.get(name) for name in names] for row in told)
        return csv_response(names, rows, filename=self.export_name)


def _lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    written: list[str] = []
    writer = csv.writer(_Collector(written))
    writer.writerow(header)
    yield b"\xef\xbb\xbf" + written.pop().encode()
    for row in rows:
        writer.writerow([cell(value) for value in row])
        if len(written) >= ROWS_AT_ONCE:
            yield "".join(written).encode()
            written.clear()
    if written:
        yield "".join(written).encode()


class _Collector:
    def __init__(self, written: list[str]):
        self.write = written.append


def cell(value: Any) -> str:
    """One value as a cell: nothing for what is not known, JSON for what is nested."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return decimal_text(value) or ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    text = as_json(value).decode() if isinstance(value, dict | list | tuple | orjson.Fragment) else str(value)
    if text.startswith(_DANGEROUS) and not _PLAIN_NUMBER.match(text):
        return f"'{text}"
    return text
