"""What was typed after a command's name, read strictly: a value that cannot be obeyed is refused in one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.models import Organization, Warehouse

from ..options import MAX_BATCH, MIN_BATCH
from .plain import WrongUsage

_MAX_ID = 64
_SHOWN = 10  # known ids named in a refusal


def batch_size(value: int) -> int:
    if not MIN_BATCH <= value <= MAX_BATCH:
        raise WrongUsage(
            _("--batch-size must be from %(low)s to %(high)s, not %(value)s.")
            % {"low": MIN_BATCH, "high": MAX_BATCH, "value": value}
        )
    return value


def threshold(value: int) -> int:
    if value < 0:
        raise WrongUsage(_("--threshold must not be negative; it is %(value)s.") % {"value": value})
    return value


def identifiers(flag: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Ids separated by commas, each once, in their order."""
    found = [each.strip() for text in texts for each in text.split(",") if each.strip()]
    if not found:
        raise WrongUsage(_("%(flag)s needs at least one id, several separated by commas.") % {"flag": flag})
    for each in found:
        if len(each) > _MAX_ID or not each.isprintable() or any(sign.isspace() for sign in each):
            raise WrongUsage(
                _("%(flag)s: %(id)s is no id; an id has 1 to %(most)s characters without spaces.")
                % {"flag": flag, "id": repr(each[:80]), "most": _MAX_ID}
            )
    return tuple(dict.fromkeys(found))


def moment(flag: str, text: str) -> datetime:
    """An aware UTC time from ISO 8601; one without a zone is meant in the zone of the settings."""
    try:
        value = datetime.fromisoformat(text.strip())
        value = value if value.tzinfo else timezone.make_aware(value)
        value = value.astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrongUsage(
            _("%(flag)s must be a time such as 2026-11-20T08:00:00+03:00, not %(value)s.")
            % {"flag": flag, "value": repr(text[:80])}
        ) from None
    if value > timezone.now():
        raise WrongUsage(_("%(flag)s lies in the future: %(value)s.") % {"flag": flag, "value": text})
    return value


def warehouses(organization: Organization, texts: Iterable[str]) -> tuple[str, ...]:
    """External ids of warehouses that are here. None are here before their first sync: that is another sentence."""
    wanted = identifiers("--warehouse", texts)
    known = dict(
        Warehouse.objects.live()
        .filter(organization=organization)
        .order_by("name")
        .values_list("external_id", "name")
    )
    if not known:
        raise WrongUsage(_("No warehouse is known yet. Run `manage.py sync_warehouses` first."))
    unknown = [each for each in wanted if each not in known]
    if unknown:
        names = [f"{external_id} ({name})" for external_id, name in known.items()]
        rest = _(" and %(count)s more") % {"count": len(names) - _SHOWN} if len(names) > _SHOWN else ""
        raise WrongUsage(
            _("There is no warehouse %(ids)s. Known: %(known)s.")
            % {"ids": ", ".join(unknown), "known": ", ".join(names[:_SHOWN]) + rest}
        )
    return wanted
