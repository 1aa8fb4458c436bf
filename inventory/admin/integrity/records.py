"""What the integrity desk says of one record, on the record's own page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from ...integrity.told import about, of_finding
from ...models import Finding
from .. import cells
from ..panels import Table
from .words import check_cell, owner_cell, severity_tag, state_tag

MOST = 20
State = Finding.State


def finding_panels(request: HttpRequest, row: Any) -> Iterable[Table]:
    """What is wrong with it and not ignored, for those who may see findings; nothing where nothing is."""
    if not request.user.has_perm("inventory.view_finding"):
        return
    rows = about(row).filter(state__in=(State.OPEN, State.ACCEPTED)).select_related("owner")
    found = list(rows.order_by("-opened_at", "-pk")[: MOST + 1])
    if not found:
        return
    yield Table(
        title=_("What the integrity desk says of it"),
        headers=[_("what is wrong"), _("check"), _("severity"), _("state"), _("owner"), _("open since")],
        rows=[
            [
                cells.link_to(each, of_finding(each)),
                check_cell(each.check_key),
                severity_tag(each.severity),
                state_tag(each),
                owner_cell(each),
                cells.age(each.opened_at),
            ]
            for each in found[:MOST]
        ],
        note=_("There are more.") if len(found) > MOST else "",
    )
