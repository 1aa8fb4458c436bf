"""Filters that mean what they say: a misspelt one, an empty one, one said twice, or nonsense is a 400 that names it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from . import exports, fields, paging

LARGEST_KEY_DIGITS = 18


def refuse_strange_parameters(request: Request, known: Iterable[str], several: Iterable[str] = ()) -> None:
    """400 for every query parameter that is not `known`, is empty, or comes twice and is not among `several`."""
    known, several = set(known), set(several)
    errors: dict[str, list[str]] = {}
    for name, values in request.query_params.lists():
        if name not in known:
            names = ", ".join(sorted(known)) or _("none")
            errors[name] = [_("There is no such parameter. There are: %(names)s.") % {"names": names}]
        elif any(value == "" for value in values):
            errors[name] = [_("It is empty; leave it out, or give a value.")]
        elif len(values) > 1 and name not in several:
            errors[name] = [_("It comes more than once.")]
    if errors:
        raise ValidationError(errors)


def parameters_of(view: Any) -> set[str]:
    """What a view takes beside its filters: paging, order, fields, form, and its own `query_parameters`."""
    known = {exports.PARAMETER, *getattr(view, "query_parameters", ())}
    if getattr(view, "pagination_class", None) is not None:
        known |= (
            {*paging.PARAMETERS, "ordering"} if getattr(view, "orderings", None) else {*paging.PARAMETERS}
        )
    if isinstance(view, fields.SelectableFields):
        known.add(fields.PARAMETER)
    return known


class StrictFilterSet(django_filters.FilterSet):
    """A FilterSet that refuses what it does not know. One that narrows the rows although nothing is asked for says how,
    as `unfiltered(rows)`."""

    def is_valid(self) -> bool:
        if self.request is not None:
            view = self.request.parser_context["view"]
            several = [name for name, each in self.filters.items() if getattr(each, "takes_several", False)]
            refuse_strange_parameters(self.request, {*self.filters, *parameters_of(view)}, several)
        return super().is_valid()


class StrictFilterBackend(DjangoFilterBackend):
    filterset_base = StrictFilterSet

    def filter_queryset(self, request: Request, queryset: QuerySet, view: Any) -> QuerySet:
        """Without any filter asked for, no form is built for them all: it costs as much as reading the rows."""
        kind = getattr(view, "filterset_class", None)
        if kind is None or any(name in kind.base_filters for name in request.query_params):
            return super().filter_queryset(request, queryset, view)
        refuse_strange_parameters(request, {*kind.base_filters, *parameters_of(view)})
        unfiltered = getattr(kind, "unfiltered", None)
        return unfiltered(queryset) if unfiltered else queryset


# --- Kinds of values ---------------------------------------------------------------------------------


class FlagField(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        if value not in ("true", "false"):
            raise forms.ValidationError(gettext_lazy("true or false is expected."), code="invalid")
        return value == "true"


class MomentField(forms.Field):
    """An ISO 8601 time with its zone, as aware UTC."""

    def to_python(self, value: Any) -> datetime | None:
        if value in (None, ""):
            return None
        try:
            moment = datetime.fromisoformat(value)
            in_utc = moment.astimezone(UTC) if moment.tzinfo else None
        except (ValueError, OverflowError):
            in_utc = None
        if in_utc is None:
            told = gettext_lazy("A time with its zone is expected, such as 2026-11-20T09:00:00Z.")
            raise forms.ValidationError(told, code="invalid")
        return in_utc


class DescribedFilter(django_filters.Filter):
    """A filter of our own kind, with what the schema says of its values."""

    values: dict[str, Any] = {"type": "string"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        extend_schema_field({**self.values, "description": kwargs.get("help_text", "")})(self)


class FlagFilter(DescribedFilter):
    """true or false, and nothing else."""

    field_class = FlagField
    values = {"type": "boolean"}


class MomentFilter(DescribedFilter):
    field_class = MomentField
    values = {"type": "string", "format": "date-time"}


class AmountFilter(DescribedFilter):
    """A decimal number of at most 24 digits, 8 of them after the point."""

    field_class = forms.DecimalField
    values = {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]{1,16}(\.[0-9]{1,8})?$"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_digits=24, decimal_places=8, **kwargs)


class KeyFilter(DescribedFilter):
    """One of our ids."""

    field_class = forms.IntegerField
    values = {"type": "integer", "minimum": 1, "maximum": paging.LARGEST_KEY}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, min_value=1, max_value=paging.LARGEST_KEY, **kwargs)


class SeveralChoices(django_filters.MultipleChoiceFilter):
    """May come more than once; any of the values will do."""

    takes_several = True


class ReferenceField(forms.CharField):
    """The keys of the rows meant: those with this external id (one in each organisation), else the one with our id."""

    def __init__(self, *, model: type[Model], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model = model

    def clean(self, value: Any) -> list[int] | None:
        text = super().clean(value)
        if text in self.empty_values:
            return None
        keys = keys_of(self.model, text)
        if not keys:
            told = gettext_lazy("There is no %(kind)s with the id %(id)s.")
            kind = self.model._meta.verbose_name
            raise forms.ValidationError(told, code="invalid", params={"kind": kind, "id": text})
        return keys


class ReferenceFilter(DescribedFilter):
    """A row of another table, by external id or by our own. An unknown one is refused: a misspelt id must not pass for
    a row that nothing belongs to."""

    field_class = ReferenceField

    def __init__(self, *args: Any, model: type[Model], **kwargs: Any) -> None:
        kwargs.setdefault("lookup_expr", "in")
        super().__init__(*args, model=model, **kwargs)


def keys_of(model: type[Model], text: str) -> list[int]:
    rows = model._default_manager.order_by()
    keys = list(rows.filter(external_id=text).values_list("pk", flat=True))
    if keys or not (text.isascii() and text.isdigit() and len(text) <= LARGEST_KEY_DIGITS):
        return keys
    return list(rows.filter(pk=int(text)).values_list("pk", flat=True))


def keys_asked(request: Request, name: str, model: type[Model]) -> list[int]:
    """For a view without a FilterSet: the keys that the parameter `name` means, none when it is not there."""
    text = request.query_params.get(name)
    if text is None:
        return []
    try:
        return ReferenceField(model=model).clean(text) or []
    except forms.ValidationError as error:
        raise ValidationError({name: list(error.messages)}) from error
