"""Comparisons as staff read them: verdicts, shares, records with links to their pages, fields with both values."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model
from django.utils.html import format_html
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.models import PriceListItem, Product, StockLevel

from ..models import TruthCheck
from ..processors import registry
from ..truth.estimate import as_percent
from .plans import column_name, value_cell

Verdict = TruthCheck.Verdict
MOODS: dict[str, str] = {
    Verdict.EQUAL: "good",
    Verdict.LAG: "busy",
    Verdict.DRIFT: "bad",
    Verdict.UNREADABLE: "warn",
}
MISSING_HERE, MISSING_THERE = "missing here", "missing in Zoho"  # as comparisons keep them
_PARTS = {"stocklevel": (StockLevel, "warehouse"), "pricelistitem": (PriceListItem, "product")}


def verdict_tag(check: TruthCheck) -> object:
    tag = cells.tag(check.get_verdict_display(), MOODS.get(check.verdict, "quiet"))
    return cells.inline(tag, cells.tag(_("equal again"), "good")) if check.mended_at else tag


def share_cell(share: float | None, *, up: bool = False) -> object:
    """A share as a percentage; "—" where there are no data."""
    return cells.UNKNOWN if share is None else cells.ltr(f"{as_percent(share, up=up)}%")


def interval_cell(low: float | None, high: float | None) -> object:
    if low is None or high is None:
        return cells.UNKNOWN
    text = f"{as_percent(low)}–{as_percent(high, up=True)}%"
    return format_html('<bdi dir="ltr" class="tsh-number tsh-nowrap">{}</bdi>', text)


def keys_of(checks: Iterable[TruthCheck]) -> dict[tuple[str, str], Model]:
    """{(entity, external id): the row of ours}, a question an entity."""
    found: dict[tuple[str, str], Model] = {}
    wanted: dict[str, dict[int, list[str]]] = {}
    for each in checks:
        wanted.setdefault(each.entity, {}).setdefault(each.organization_id, []).append(each.external_id)
    for entity, organizations in wanted.items():
        for organization_id, ids in organizations.items():
            rows = _model(entity).objects.filter(organization=organization_id, external_id__in=ids[:500])
            for row in rows.only("pk", "external_id", "name"):
                found[entity, row.external_id] = row
    return found


def _model(entity: str):
    return Product if entity == "stock" else registry.get(entity).model


def own_page(check: TruthCheck, known: dict | None = None) -> object:
    """The record's name, leading to its own page."""
    row = (keys_of([check]) if known is None else known).get((check.entity, check.external_id))
    name = cells.words(check.label or check.external_id)
    return cells.link_to(row, name) if row else name


def part_names(checks: Iterable[TruthCheck]) -> dict[str, str]:
    """{external id of a stock level or a price: its warehouse or product}, of those that the differences name."""
    return names_of_parts((each["table"], each["record"]) for check in checks for each in check.differences)


def names_of_parts(records: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The same of (table, external id); at most 500 of a table, a question each."""
    wanted: dict[str, dict[str, None]] = {}
    for table, record in records:
        if table in _PARTS:
            wanted.setdefault(table, {})[record] = None
    found: dict[str, str] = {}
    for table, ids in wanted.items():
        model, link = _PARTS[table]
        rows = model._default_manager.filter(external_id__in=list(ids)[:500])
        found |= dict(rows.values_list("external_id", f"{link}__name"))
    return found


def difference_rows(check: TruthCheck, parts: dict[str, str] | None = None) -> list[list[object]]:
    """[field, here, in Zoho] of each field that differed."""
    names = part_names([check]) if parts is None else parts
    return [
        [
            field_cell(each["table"], each["field"], names.get(each["record"])),
            *both_cells(each["field"], each["here"], each["there"]),
        ]
        for each in check.differences
    ]


def field_cell(table: str, field: str, part: str | None) -> object:
    """A field's name; of a stock level or a price also whose, and of a whole one nothing else."""
    if field in (MISSING_HERE, MISSING_THERE):
        return cells.words(part or _("the record"))
    name = column_name(table, field)
    return cells.stacked(name, cells.words(part)) if part else name


def both_cells(field: str, here: object, there: object) -> tuple[object, object]:
    """What is here, and what is in Zoho."""
    if field == MISSING_HERE:
        return cells.tag(_("missing"), "bad"), cells.tag(_("there"), "quiet")
    if field == MISSING_THERE:
        return cells.tag(_("there"), "quiet"), cells.tag(_("missing"), "bad")
    return value_cell(here), value_cell(there)
