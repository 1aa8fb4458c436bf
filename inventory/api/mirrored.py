"""Lists and details of mirrored rows: one way for all of them. An entity adds its shape, its filters and its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

import django_filters
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from .. import changes
from ..mirror import Detailed
from ..models import Organization
from . import exports, fields, paging, release
from .columns import Reading, Shape
from .conditional import Conditional, etag_of, unchanged
from .exports import CsvRenderer, NamedFormat, csv_response, wants_csv
from .filters import (
    KeyFilter,
    ReferenceFilter,
    StrictFilterBackend,
    StrictFilterSet,
    parameters_of,
    refuse_strange_parameters,
)
from .following import (
    PARAMETER,
    FollowablePages,
    checkpoint_asked,
    refuse_with_checkpoint,
)
from .rendering import OrjsonRenderer

ORDERINGS = {
    "id": "pk",
    "name": "name",
    "synced_at": "synced_at",
    "source_modified_at": "source_modified_at",
}
FORM = frozenset({PARAMETER, "cursor", "page_size", fields.PARAMETER, exports.PARAMETER})


class MirroredFilters(StrictFilterSet):
    """What every mirrored table can be filtered by. Tombstones are told only to whoever asks for them, for what has
    changed, or for one external id."""

    organization = ReferenceFilter(
        "organization", model=Organization, help_text="A company, by external id or ours."
    )
    external_id = django_filters.CharFilter(help_text="The source's id; finds what has left the source too.")
    removed = django_filters.ChoiceFilter(
        choices=[("false", "at the source"), ("true", "has left the source"), ("all", "both")],
        method="by_presence",
        help_text="`false` (only what is at the source) if not said; `all` with `changed_since` and `external_id`.",
    )
    cause = django_filters.CharFilter(
        help_text="The run, webhook or person that wrote it last, such as `run 12`."
    )
    updated_by_run = KeyFilter(method="by_run", help_text="Number of the run that wrote it last.")

    def by_presence(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows if value == "all" else rows.filter(removed_at__isnull=value == "false")

    def by_run(self, rows: QuerySet, _name: str, value: Any) -> QuerySet:
        return rows.filter(cause=f"run {int(value)}")

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        told = self.form.cleaned_data
        says = any(told.get(name) not in (None, "") for name in ("removed", PARAMETER, "external_id"))
        return rows if says else self.unfiltered(rows)

    @staticmethod
    def unfiltered(rows: QuerySet) -> QuerySet:
        return rows.filter(removed_at__isnull=True)


class MirroredView(Conditional, GenericViewSet):
    """shape: what is told. kind: its name in the journal of changes. near: filters whose outcome only changes with rows
    that are noted as changed, so that the journal alone proves a list unchanged. lasting: those that a row never stops
    to match."""

    shape: Shape
    kind: str
    filterset_class: type[MirroredFilters]
    near = frozenset({"organization", "external_id", "removed", "cause", "updated_by_run", "ordering", *FORM})
    lasting = frozenset({"organization", *FORM})

    pagination_class = FollowablePages
    filter_backends = (StrictFilterBackend,)
    renderer_classes = (OrjsonRenderer, CsvRenderer)
    content_negotiation_class = NamedFormat
    query_parameters = frozenset({fields.PARAMETER})
    orderings: Mapping[str, str] = ORDERINGS
    default_ordering = "id"

    def get_queryset(self) -> QuerySet:
        return self.shape.model._default_manager.all()

    @property
    def is_filtered(self) -> bool:
        """Is anything asked beside the rows that are at the source?"""
        return any(name in self.filterset_class.base_filters for name in self.request.query_params)

    @property
    def pages(self) -> FollowablePages:
        return cast(FollowablePages, self.paginator)

    def get_renderers(self) -> Any:
        return [OrjsonRenderer()] if self.action == "retrieve" else super().get_renderers()

    # --- A list ------------------------------------------------------------------------------------

    def list(self, request: Request) -> Any:
        checkpoint = checkpoint_asked(request)
        rows = self._rows(request, checkpoint)
        names = fields.chosen_fields(request, self.shape.list_names, self.shape.usual_list_names)
        if checkpoint is not None:
            refuse_with_checkpoint(request, self.lasting)
        is_csv = wants_csv(request)
        pages = self.pages
        if checkpoint is None:
            pages.read(request, self, self.shape.model)
        else:
            pages.read_journal(request, paging.page_size(request))
        horizon = changes.horizon(self.kind)  # before the first row is read
        if is_csv:
            return self._table(rows, names, horizon, checkpoint)
        if answer := self._known_already(request, horizon):
            return answer
        pages.begin(horizon)
        if checkpoint is None:
            told = self._page(pages, rows, names)
        else:
            told = self._changed(rows, names, pages.follow(horizon, checkpoint))
        return Response(pages.body(told))

    def _rows(self, request: Request, checkpoint: str | None) -> QuerySet:
        """What the filters leave. No form is built for them where none is asked for, as it costs as much as a page."""
        beside = {PARAMETER} if checkpoint is not None else set()
        if not (self.filterset_class.base_filters.keys() & request.query_params.keys()) - beside:
            refuse_strange_parameters(request, {*self.filterset_class.base_filters, *parameters_of(self)})
            return self.get_queryset() if checkpoint is not None else _present(self.shape.model)
        return self.filter_queryset(self.get_queryset())

    def _page(self, pages: FollowablePages, rows: QuerySet, names: Sequence[str]) -> Sequence[dict[str, Any]]:
        reading = self.shape.reading(names)
        column = pages.order.column
        if column == "pk" and not self.is_filtered:  # as most lists are read: in one query
            found = reading.window(
                pages.cursor.key if pages.cursor else None, pages.size + 1, descending=pages.goes_down
            )
            return reading.told(pages.cut(found, self))
        places = rows.values_list("pk") if column == "pk" else rows.values_list("pk", column)
        return reading.told(reading.fetch([row[0] for row in pages.cut(pages.window(places), self)]))

    @staticmethod
    def place_of(row: tuple[Any, ...], _column: str) -> tuple[Any, int]:
        return row[-1], row[0]

    def _changed(self, rows: QuerySet, names: Sequence[str], keys: Sequence[int]) -> Sequence[dict[str, Any]]:
        """The rows with these keys, in their order, as they are now."""
        wanted = set(rows.filter(pk__in=keys).order_by().values_list("pk", flat=True)) if keys else set()
        reading = self.shape.reading(names)
        return reading.told(reading.fetch([key for key in keys if key in wanted]))

    def _known_already(self, request: Request, horizon: changes.Horizon) -> Any:
        """304 without reading a row, where the journal alone proves that nothing has changed."""
        if not horizon.is_settled or not self.near.issuperset(request.query_params):
            return None  # the answer's own bytes will tell
        newest = "{}-{}".format(*horizon.newest)
        address = request.build_absolute_uri()
        form = request.accepted_renderer.media_type
        self.etag = etag_of(horizon.lineage, newest, address, form, release.digest())
        return unchanged(request, self.etag)

    def _table(
        self, rows: QuerySet, names: Sequence[str], horizon: changes.Horizon, checkpoint: str | None
    ) -> Any:
        if checkpoint is None:
            rows = self.pages.order.sort(rows, backward=False)
        else:
            since = self.pages.since(horizon, checkpoint)
            rows = rows.filter(pk__in=changes.rows_since(self.kind, since)).order_by("pk")
        reading = self.shape.reading(names)
        response = csv_response(reading.header, _lines(reading, rows), filename=self.export_name)
        response["X-Checkpoint"] = horizon.checkpoint
        return response

    @property
    def export_name(self) -> str:
        return self.kind.replace("_", "-")

    # --- One row -----------------------------------------------------------------------------------

    def retrieve(self, request: Request, pk: int) -> Response:
        refuse_strange_parameters(request, {fields.PARAMETER, exports.PARAMETER, "include"})
        names = fields.chosen_fields(request, self.shape.names)
        wants_raw = self._wants_raw(request)
        reading = self.shape.reading(names)
        found = reading.fetch([pk]) if pk <= paging.LARGEST_KEY else []
        if not found:
            raise NotFound
        told = reading.told(found)[0]
        if wants_raw:
            told["payload"] = raw_record(self.shape.model, pk)
        return Response(told)

    def _wants_raw(self, request: Request) -> bool:
        """What the source sent is for who mends records, so it needs the permission to change them."""
        wanted = request.query_params.get("include")
        if wanted is None:
            return False
        if wanted != "payload":
            raise ValidationError({"include": [_("One of %(names)s is expected.") % {"names": "payload"}]})
        label = self.shape.model._meta
        if not request.user.has_perm(f"{label.app_label}.change_{label.model_name}"):
            raise PermissionDenied(_("The raw record is told to who may change records."))
        return True


@cache  # whoever uses it makes another of it
def _present(model: type[Model]) -> QuerySet:
    return MirroredFilters.unfiltered(model._default_manager.all())


def raw_record(model: type[Model], pk: int) -> dict[str, str | None]:
    """The record as it last came, byte for byte as text: from the listing, and from the detail call if it has one."""
    names = ("payload", "detail_payload") if issubclass(model, Detailed) else ("payload",)
    listing, *detail = model._default_manager.filter(pk=pk).values_list(*names)[0]
    return {"listing": listing or None, "detail": (detail[0] or None) if detail else None}


def _lines(reading: Reading, rows: QuerySet) -> Iterator[list[Any]]:
    for chunk in reading.stream(rows, exports.CHUNK):
        yield from reading.cells(chunk)
