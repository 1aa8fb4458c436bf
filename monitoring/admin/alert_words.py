"""How an alert looks in a cell: its severity, its state, who has it in hand."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.admin import cells
from zoho_sync import status

from ..models import Alert
from ..models.rules import SEVERITIES
from ..troubles import Severity

MOODS = {
    Severity.INFO: "busy",
    Severity.WARNING: "warn",
    Severity.ERROR: "bad",
    Severity.CRITICAL: "bad",
}
_WORDS = dict(SEVERITIES)


def severity_tag(severity: str) -> object:
    return cells.tag(_WORDS.get(severity, severity), MOODS.get(Severity(severity), "quiet"))


def state_tag(alert: Alert) -> object:
    if alert.state == Alert.State.RESOLVED:
        return cells.tag(alert.get_state_display(), "quiet")
    if alert.snoozed_until and alert.snoozed_until > timezone.now():
        return cells.tag(_("snoozed"), "quiet")
    if alert.good_since:
        return cells.tag(_("seems to be over"), "busy")
    return cells.tag(alert.get_state_display(), "warn" if alert.acknowledged_at else "bad")


def in_hand(alert: Alert) -> object:
    if alert.acknowledged_at is None:
        return cells.UNKNOWN
    who = cells.words(alert.acknowledged_by) if alert.acknowledged_by else cells.UNKNOWN
    return cells.stacked(who, cells.words(alert.note) if alert.note else "", cells.age(alert.acknowledged_at))


def entity_words(entity: str) -> object:
    return str(status.label_of(entity)) if entity else cells.UNKNOWN
