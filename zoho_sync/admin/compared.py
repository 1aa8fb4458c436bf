"""A comparison as staff read it: what differs first, field by field with both values; what is equal, folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.panels import Banner, Table

from ..models import TruthCheck
from ..services import ComparedField, RecordComparison
from .plans import value_cell
from .truth_words import both_cells, field_cell, names_of_parts
from .words import entity_name

Verdict = TruthCheck.Verdict
MOST_DIFFERENT, MOST_EQUAL = 200, 300  # rows of a table; a price list has thousands of equal ones


def comparison_panels(found: Sequence[RecordComparison]) -> Iterable[object]:
    if not found:
        yield Banner(text=_("Zoho's answer did not tell of this record. Try again."), mood="warn")
    for each in found:
        names = names_of_parts((field.table, field.record) for field in each.fields)
        yield verdict_banner(each)
        if each.different:
            yield different_table(each, names)
        yield from untold_table(each, names)
        if any(field.is_equal for field in each.fields):
            yield equal_table(each, names)


def verdict_banner(each: RecordComparison) -> Banner:
    moods = {Verdict.EQUAL: "good", Verdict.LAG: "busy", Verdict.DRIFT: "bad", Verdict.UNREADABLE: "warn"}
    words = {
        Verdict.EQUAL: _("Equal: every field that Zoho tells is the same here."),
        Verdict.LAG: _("Different, and known to be: Zoho is ahead of us."),
        Verdict.DRIFT: _("Different."),
        Verdict.UNREADABLE: _("It could not be compared."),
    }
    verdict = Verdict(each.verdict)
    told = format_html(
        "<strong>{}</strong>: {} {} ({})",
        entity_name(each.entity),
        words[verdict],
        each.reason,
        cells.moment(each.asked_at),
    )
    return Banner(text=told, mood=moods[verdict])


def different_table(each: RecordComparison, names: dict[str, str]) -> Table:
    fields = each.different
    return Table(
        title=ngettext("%(count)s field differs", "%(count)s fields differ", len(fields))
        % {"count": cells.decimal_text(len(fields))},
        headers=[_("field"), _("here"), _("in Zoho")],
        rows=[
            [name_cell(field, names), *both_cells(field.field, field.here, field.there)]
            for field in fields[:MOST_DIFFERENT]
        ],
        note=_left_out(len(fields), MOST_DIFFERENT),
    )


def untold_table(each: RecordComparison, names: dict[str, str]) -> Iterable[Table]:
    fields = [field for field in each.fields if field.is_equal is None]
    if fields:
        yield Table(
            title=_("Not read here yet"),
            headers=[_("field"), _("in Zoho")],
            rows=[[name_cell(field, names), value_cell(field.there)] for field in fields],
            note=_("Only Zoho's detail tells these, and it was never read; a refresh reads it."),
            folded=True,
        )


def equal_table(each: RecordComparison, names: dict[str, str]) -> Table:
    fields = [field for field in each.fields if field.is_equal]
    return Table(
        title=ngettext("%(count)s field is equal", "%(count)s fields are equal", len(fields))
        % {"count": cells.decimal_text(len(fields))},
        headers=[_("field"), _("here and in Zoho")],
        rows=[[name_cell(field, names), value_cell(field.here)] for field in fields[:MOST_EQUAL]],
        note=_left_out(len(fields), MOST_EQUAL),
        folded=True,
    )


def name_cell(field: ComparedField, names: dict[str, str]) -> object:
    return field_cell(field.table, field.field, names.get(field.record))


def _left_out(count: int, most: int) -> str:
    if count <= most:
        return ""
    told = _("The first %(most)s are shown.")
    return told % {"most": most}
