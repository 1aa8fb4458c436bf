"""What is posted: every field is known, of its own kind exactly, and said in plain JSON."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from inventory.api.filters import refuse_strange_parameters
from inventory.models import Organization

from ..processors import registry

LONGEST_ID = 64
MOST_IDS = 1000
_VISIBLE = re.compile("[!-~]+")
_NOT_TRUE_OR_FALSE = gettext_lazy("true or false is expected.")
_NOT_WHOLE = gettext_lazy("A whole number is expected.")
_NOT_TEXT = gettext_lazy("A text is expected.")


class Flag(serializers.BooleanField):
    """true or false; neither "yes" nor 1."""

    default_error_messages = {"invalid": _NOT_TRUE_OR_FALSE}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Whole(serializers.IntegerField):
    """A number without a point; neither "100" nor true."""

    default_error_messages = {"invalid": _NOT_WHOLE}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class Text(serializers.CharField):
    """A JSON text; a number is none."""

    default_error_messages = {"invalid": _NOT_TEXT}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(
    {"type": "string", "minLength": 1, "maxLength": LONGEST_ID, "pattern": f"^{_VISIBLE.pattern}$"}
)
class ExternalId(Text):
    """The source's id of something, as opaque text."""

    default_error_messages = {"no_id": gettext_lazy("An id has 1 to 64 visible ASCII characters.")}

    def __init__(self, **kwargs: Any):
        super().__init__(max_length=LONGEST_ID, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        if not _VISIBLE.fullmatch(text):
            self.fail("no_id")
        return text


@extend_schema_field({"type": "string", "format": "date-time"})
class When(Text):
    """ISO 8601 with its zone, as aware UTC."""

    default_error_messages = {
        "no_time": gettext_lazy("A time with its zone is expected, such as 2026-11-20T09:00:00Z.")
    }

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            moment = datetime.fromisoformat(text)
            in_utc = moment.astimezone(UTC) if moment.tzinfo else None
        except (ValueError, OverflowError):
            in_utc = None
        if in_utc is None:
            self.fail("no_time")
        return in_utc


class EntityName(Text):
    """The name of an entity. beside: another word that will do."""

    def __init__(self, *, beside: str = "", **kwargs: Any):
        super().__init__(**kwargs)
        self.names = [*([beside] if beside else []), *registry.names()]
        extend_schema_field({"type": "string", "enum": self.names})(self)  # type: ignore[type-var]

    def to_internal_value(self, data: Any) -> Any:
        name = super().to_internal_value(data)
        if name not in self.names:
            told = _("There is no entity “%(entity)s”. Known: %(known)s.")
            raise ValidationError(told % {"entity": name[:40], "known": ", ".join(self.names)})
        return name


class ListOfIds(serializers.ListField):
    """The source's ids: at least one, and not without end."""

    def __init__(self, **kwargs: Any):
        super().__init__(
            child=ExternalId(), allow_empty=False, **{"min_length": 1, "max_length": MOST_IDS} | kwargs
        )


@extend_schema_field({"type": "string", "pattern": "^[0-9]{1,18}$"})
class Key(Text):
    """One of our own ids, as it is told: a text of digits."""

    default_error_messages = {"no_key": gettext_lazy("An id is a text of digits.")}

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            self.fail("no_key")
        return int(text)


class Keys(serializers.ListField):
    """Our ids: at least one, and not without end."""

    def __init__(self, **kwargs: Any):
        super().__init__(child=Key(), allow_empty=False, **{"min_length": 1, "max_length": MOST_IDS} | kwargs)


class Body(serializers.Serializer):
    """A JSON object of known fields only. Nothing at all counts as an empty one. never_empty: that will not do."""

    never_empty = False

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (strange := [name for name in data if name not in self.fields]):
            names = ", ".join(self.fields) or _("none")
            told = _("There is no such field. There are: %(names)s.") % {"names": names}
            raise ValidationError({name[:100]: [told] for name in strange[:20]})
        return super().to_internal_value(data)


class Nothing(Body):
    """For actions that say everything by their address."""


def read(form: type[Body], request: Request) -> dict[str, Any]:
    """The fields that were posted. Raises ValidationError, naming each that is wrong."""
    refuse_strange_parameters(request, ())
    body = form(data=request.data, context={"request": request})
    body.is_valid(raise_exception=True)
    return body.validated_data


def organization_named(external_id: str | None) -> Organization | None:
    """Raises ValidationError when there is none of that id."""
    if external_id is None:
        return None
    found = Organization.objects.filter(external_id=external_id).first()
    if found is None:
        raise ValidationError({"organization": [_("There is no organisation of this id.")]})
    return found


def takes_since(entity: str) -> bool:
    """Can this entity be asked for what changed since a time? The others are read whole."""
    processor = registry.get(entity)
    return processor.lane in ("stock", "documents") or (processor.lane == "list" and processor.can_increment)


def takes_active_only(entity: str) -> bool:
    """Are there active and inactive ones? Any other state of a document is no reason to leave it out."""
    processor = registry.get(entity)
    return processor.lane == "stock" or hasattr(processor.model, "is_active")


def refuse_future(moment: datetime, field: str) -> None:
    if moment > timezone.now():
        raise ValidationError({field: [_("It lies in the future.")]})
