"""`?fields=name,sku`: only what the visitor wants; what is not named is not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PARAMETER = "fields"


def chosen_fields(
    request: Request, available: Iterable[str], default: Sequence[str] | None = None
) -> list[str]:
    """The names asked for, in the order of `available`; `default` (else all) when nothing is asked.

    Raises ValidationError for a name that there is not.
    """
    known = list(available)
    text = request.query_params.get(PARAMETER)
    if text is None:
        return list(known if default is None else default)
    wanted = [name.strip() for name in text.split(",")]
    strange = [name for name in wanted if name not in known]
    if strange:
        told = _("There is no field %(name)s. There are: %(names)s.")
        raise ValidationError({PARAMETER: [told % {"name": strange[0] or '""', "names": ", ".join(known)}]})
    return [name for name in known if name in wanted]


class SelectableFields:
    """For a view with a serializer: of its fields only those are told that the request's `?fields=` names."""

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        serializer = super().get_serializer(*args, **kwargs)  # type: ignore[misc]
        if self.request.method in ("GET", "HEAD"):
            told = getattr(serializer, "child", serializer).fields
            chosen = chosen_fields(self.request, told)
            for name in [name for name in told if name not in chosen]:
                del told[name]
        return serializer


def parameter(names: Iterable[str]) -> Any:
    """The parameter's description for the schema."""
    from drf_spectacular.utils import OpenApiParameter

    form = {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(names)}}
    return OpenApiParameter(
        PARAMETER, form, description="Only these fields, separated by commas.", explode=False
    )
