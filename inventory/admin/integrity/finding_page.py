"""One finding's page: what is wrong, what it means, what to do, what it speaks of, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.apps import apps
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ...integrity import registry
from ...integrity.told import of_finding, rows_named
from ...models import CheckState, Finding, Severity
from .. import cells
from ..mirror import removed_tag
from ..panels import Banner, Facts, Table
from .words import MOODS, about, check_cell, owner_cell, severity_tag, state_tag

State = Finding.State
MOST_EVENTS, MOST_ROWS = 100, 50


def panels(request: HttpRequest, finding: Finding) -> Iterable[object]:
    is_true = finding.state != State.CLOSED
    yield Banner(text=of_finding(finding), mood=MOODS[Severity(finding.severity)] if is_true else "good")
    check = registry.find(finding.check_key)
    if check:
        yield about(check, _("What it means, and what to do"))
    yield rows_table(request, finding)
    yield Facts(title=_("What was decided"), pairs=decided(finding), note=state_in_words(finding))


def lower_panels(finding: Finding) -> Iterable[object]:
    seen = seen_at(finding)
    yield Facts(
        title=_("Since when"),
        pairs=[
            (_("check"), check_cell(finding.check_key)),
            (_("first seen"), cells.moment(finding.first_seen_at)),
            (_("open since"), cells.moment(finding.opened_at)),
            (_("last seen"), cells.moment(seen)),
            (_("closed"), cells.moment(finding.closed_at)),
            (_("came back"), cells.number(finding.reopened_count)),
        ],
    )
    yield history(finding)


def seen_at(finding: Finding) -> datetime:
    """When it was last found to be so."""
    if finding.state == State.CLOSED:
        return finding.last_seen_at
    states = CheckState.objects.filter(organization=finding.organization_id, check_key=finding.check_key)
    return states.values_list("good_at", flat=True).first() or finding.last_seen_at


def decided(finding: Finding) -> list[tuple[str, object]]:
    pairs = [
        (_("state"), state_tag(finding)),
        (_("severity"), severity_tag(finding.severity)),
        (_("owner"), owner_cell(finding) if finding.owner else _("nobody")),
    ]
    if finding.decided_at and finding.state in (State.ACCEPTED, State.IGNORED):
        who = finding.decided_by.get_username() if finding.decided_by else ""
        pairs += [
            (_("decided by"), cells.inline(cells.words(who), cells.age(finding.decided_at))),
            (_("reason"), cells.paragraphs(finding.reason)),
        ]
    if finding.state == State.IGNORED:
        until = cells.moment(finding.until) if finding.until else _("as long as nothing that matters changes")
        pairs.append((_("ignored until"), until))
    return pairs


def state_in_words(finding: Finding) -> object:
    """What the state means, and what ends it."""
    check = registry.find(finding.check_key)
    matters = str(check.material_words) if check else ""
    if finding.state == State.OPEN:
        return _("Nobody has decided about it. It is closed by itself once it is not so any more.")
    if finding.state == State.ACCEPTED:
        return _("It is known, and not counted as new. It is closed by itself once it is not so any more.")
    if finding.state == State.IGNORED:
        if not matters:
            return _("It is of no matter, until the time above.")
        told = _("It is of no matter, until the time above, or until this changes: {what}.")
        return format_html(told, what=matters)
    return _("It is not so any more. If it returns, it is opened again, and its history goes on.")


def rows_table(request: HttpRequest, finding: Finding) -> Table:
    """The records it speaks of, with links for those who may see them."""
    rows: list[list[object]] = []
    for name, keys in rows_named(finding.facts).items():
        model = apps.get_model("inventory", name)
        columns = {"pk", "name", "external_id", "removed_at", "sku", "number", "currency_code"}
        known = [column.name for column in model._meta.concrete_fields if column.name in columns]
        found = model._default_manager.only(*known).in_bulk(keys[:MOST_ROWS])
        may = request.user.has_perm(f"inventory.view_{name}")
        for key in keys[:MOST_ROWS]:
            row = found.get(key)
            if row is not None:
                shown = cells.words(str(row))
                code = getattr(row, "sku", "") or getattr(row, "number", "") or row.external_id
                rows.append(
                    [
                        str(model._meta.verbose_name),
                        cells.link_to(row, shown) if may else shown,
                        cells.ltr(code),
                        removed_tag(row),
                    ]
                )
    count = finding.facts.get("count")
    more = count - len(finding.facts.get("products", ())) if isinstance(count, int) else 0
    return Table(
        title=_("What it is about"),
        headers=[_("kind"), _("name"), _("code"), ""],
        rows=rows,
        empty=_("These records are not here any more."),
        note=_("And %(count)s more.") % {"count": cells.decimal_text(more)} if more > 0 else "",
    )


def history(finding: Finding) -> Table:
    events = list(finding.events.select_related("by")[: MOST_EVENTS + 1])
    rows = [
        [
            cells.moment(event.at),
            event.get_what_display(),
            cells.words(event.by.get_username()) if event.by else _("the check"),
            cells.paragraphs(event.note) if event.note else "",
        ]
        for event in events[:MOST_EVENTS]
    ]
    if len(events) <= MOST_EVENTS:
        rows.append([cells.moment(finding.first_seen_at), _("found"), _("the check"), ""])
    return Table(
        title=_("History"),
        headers=[_("when"), _("what"), _("who"), _("note")],
        rows=rows,
        note=_("Older events are not shown.") if len(events) > MOST_EVENTS else "",
    )
