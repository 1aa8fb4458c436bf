"""Lists and details of the sync's own rows: paged, filtered, chosen fields, CSV, and no answer sent twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from inventory.api import exports, fields
from inventory.api.conditional import Conditional
from inventory.api.exports import CsvList, CsvRenderer, NamedFormat
from inventory.api.fields import SelectableFields
from inventory.api.filters import StrictFilterBackend, refuse_strange_parameters
from inventory.api.paging import KeysetPagination
from inventory.api.rendering import OrjsonRenderer

from ..processors import registry


class Rows(Conditional, SelectableFields, CsvList, ListModelMixin, GenericViewSet):
    """A list, and `retrieve` where an address leads to it. detail_class: the serializer of one row, if it tells more.

    light(rows): the rows without what only one row alone tells.
    """

    detail_class: type[Serializer] | None = None
    pagination_class = KeysetPagination
    filter_backends = (StrictFilterBackend,)
    renderer_classes = (OrjsonRenderer, CsvRenderer)
    content_negotiation_class = NamedFormat
    metadata_class = None  # the schema tells more than OPTIONS could
    orderings: Mapping[str, str] = {"id": "pk"}
    default_ordering = "-id"
    lookup_value_regex = "[0-9]+"

    def get_renderers(self) -> Any:
        return super().get_renderers() if self.action in ("list", None) else [OrjsonRenderer()]

    def get_serializer_class(self) -> Any:
        return (self.action != "list" and self.detail_class) or self.serializer_class

    def retrieve(self, request: Request, pk: int) -> Response:
        refuse_strange_parameters(request, {fields.PARAMETER, exports.PARAMETER})
        return Response(self.get_serializer(self.row(pk)).data)

    def row(self, pk: int) -> Any:
        """Raises NotFound."""
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise NotFound
        return found

    def told(self, row: Model, status: int = 200, **headers: str) -> Response:
        """The answer of an action: the row as it is now."""
        form: Any = self.detail_class or self.serializer_class
        return Response(form(row, context=self.get_serializer_context()).data, status=status, headers=headers)


def several_entities() -> list[tuple[str, str]]:
    return [(name, name) for name in registry.names()]


def refuse_missing(model: type[Model], ids: list[int], field: str = "ids") -> None:
    """Raises ValidationError, naming ids that there are not."""
    known = set(model._default_manager.filter(pk__in=ids).values_list("pk", flat=True))
    missing = [str(each) for each in ids if each not in known]
    if missing:
        told = _("There is none with the id %(ids)s.") % {"ids": ", ".join(missing[:10])}
        raise ValidationError({field: [told]})


def without_heavy(rows: QuerySet, view: Rows, *columns: str) -> QuerySet:
    """Of a list the wide columns are not read."""
    return rows.defer(*columns) if view.action == "list" else rows
