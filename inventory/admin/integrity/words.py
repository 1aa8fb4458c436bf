"""How findings look on a page."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse

from ...integrity import registry
from ...integrity.base import Check
from ...integrity.told import title_of
from ...models import Finding, Severity
from .. import cells
from ..panels import Custom

MOODS = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.INFO: "busy"}
STATES = {
    Finding.State.OPEN: "warn",
    Finding.State.ACCEPTED: "busy",
    Finding.State.IGNORED: "quiet",
    Finding.State.CLOSED: "good",
}


def severity_tag(severity: str) -> object:
    return cells.tag(Severity(severity).label, MOODS[Severity(severity)])


def state_tag(finding: Finding) -> object:
    return cells.tag(finding.get_state_display(), STATES[Finding.State(finding.state)])


def owner_cell(finding: Finding) -> object:
    return cells.words(finding.owner.get_username()) if finding.owner else cells.UNKNOWN


def check_url(key: str) -> str:
    return reverse("admin:inventory_finding_check", args=[key])


def check_cell(key: str) -> object:
    return cells.link(check_url(key), title_of(key)) if registry.find(key) else cells.words(key)


def list_url(**query: object) -> str:
    """The list of findings; query: check, state, severity, owner."""
    address = reverse("admin:inventory_finding_changelist")
    return f"{address}?{urlencode(query)}" if query else address


def about(check: Check, title: str, tags: Sequence[object] = (), url: str = "") -> Custom:
    """What the check means and what to do, for reading. url: of the desk, where a way back is wanted."""
    values = {
        "title": title,
        "meaning": check.meaning,
        "what_to_do": check.what_to_do,
        "tags": tags,
        "url": url,
    }
    return Custom(template="admin/integrity/about.html", values=values)


def desk_url() -> str:
    return reverse("admin:inventory_finding_desk")
