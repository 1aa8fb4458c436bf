"""A run's tab of changes: what it wrote, or would write; the figures first, the biggest moves, then row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from inventory.admin import cells
from inventory.admin.panels import Banner, Figure, Figures, Table

from .. import services
from ..models import PlannedChange, SyncRun
from .change_names import Names
from .outcome import run_link
from .plans import LAST, action_tag, change_rows, column_name, in_short, table_name

Action, State = PlannedChange.Action, PlannedChange.State
SHOWN_ROWS = 25
SHOWN_FIELDS = 6  # of a row
REFUSED_SHOWN = 20
WOULD = {
    Action.CREATE: gettext_lazy("would be created"),
    Action.UPDATE: gettext_lazy("would be changed"),
    Action.RESTORE: gettext_lazy("would be brought back"),
    Action.REMOVE: gettext_lazy("would be removed"),
}
DID = {
    Action.CREATE: gettext_lazy("rows created"),
    Action.UPDATE: gettext_lazy("rows changed"),
    Action.RESTORE: gettext_lazy("rows brought back"),
    Action.REMOVE: gettext_lazy("rows removed"),
}
MOODS = {Action.CREATE: "good", Action.UPDATE: "", Action.RESTORE: "good", Action.REMOVE: "bad"}


def rows_url(run: SyncRun, **filters: str) -> str:
    """The list of what this run changed, or planned."""
    kind = "plannedchange" if run.is_dry else "runchange"
    told = "".join(f"&{name}={value}" for name, value in filters.items())
    return f"{reverse(f'admin:zoho_sync_{kind}_changelist')}?run__id__exact={run.pk}{told}"


def counted(run: SyncRun, action: str) -> int:
    return sum(actions.get(action, 0) for actions in run.summary.get("rows", {}).values())


def panels(run: SyncRun, *, may_apply: bool) -> Iterable[object]:
    """may_apply: the visitor may start runs."""
    if run.is_dry:
        yield from plan_panels(run, may_apply)
    tiles = [
        Figure(
            name=str((WOULD if run.is_dry else DID)[action]),
            value=cells.decimal_text(count := counted(run, action)),
            mood=MOODS[action] if count else "",
            url=rows_url(run, action__exact=action.value) if count else "",
        )
        for action in Action
    ]
    if run.summary:
        yield Figures(title=_("Rows"), tiles=tiles)
    yield from moves(run)
    yield from totals(run)
    yield first_rows(run)


# --- A plan -------------------------------------------------------------------------------------------


def plan_panels(run: SyncRun, may_apply: bool) -> Iterable[object]:
    """May it be applied, what has been applied of it, and what was refused."""
    if not run.is_ended:
        return
    plan = services.plan_of(run)
    if plan.can_be_applied and plan.ends_at:
        text = ngettext(
            "%(count)s row can be applied exactly as it is planned here, without a call to Zoho, until %(time)s. If it "
            "changes before that, it is refused.",
            "%(count)s rows can be applied exactly as they are planned here, without a call to Zoho, until %(time)s. "
            "Those that change before that are refused.",
            plan.left,
        ) % {"count": cells.decimal_text(plan.left), "time": cells.moment_text(plan.ends_at)}
        yield Banner(
            text=text,
            mood="good",
            url=reverse("admin:zoho_sync_syncrun_apply", args=[run.pk]) if may_apply else "",
            action=_("Apply exactly this"),
        )
    else:
        text = cells.stacked(plan.objection, run_link(plan.under_way.pk) if plan.under_way else "")
        yield Banner(text=text, mood="busy" if plan.under_way else "warn")
    if plan.done or plan.same or plan.refused:
        shown = (
            (_("applied"), plan.done, "good", State.APPLIED),
            (_("were so already"), plan.same, "", State.SAME),
            (_("refused"), plan.refused, "bad", State.REFUSED),
            (_("still planned"), plan.left, "warn", State.PLANNED),
        )
        yield Figures(
            title=_("What came of the plan"),
            tiles=[
                Figure(
                    name=name,
                    value=cells.decimal_text(count),
                    mood=mood if count else "",
                    url=rows_url(run, state__exact=state.value) if count else "",
                )
                for name, count, mood, state in shown
            ],
        )
    if plan.refused:
        yield refused_rows(run)


def refused_rows(run: SyncRun) -> Table:
    """run: a dry run, or one that has applied a plan."""
    rows = (run.planned_changes if run.is_dry else run.applied_changes).filter(state=State.REFUSED)
    found = list(rows.defer("raw").order_by("pk")[:REFUSED_SHOWN])
    names = names_of(run, found)
    plan = run if run.is_dry else run.plan
    return Table(
        title=_("Refused rows"),
        headers=[_("record"), _("action"), _("planned"), _("why")],
        rows=[
            [
                names.of(each.table, each.external_id).cell,
                action_tag(each),
                in_short(each),
                cells.words(each.reason),
            ]
            for each in found
        ],
        note=_("These rows are as they were found: whatever changed them is newer than the plan."),
        more_url=rows_url(plan, state__exact=State.REFUSED.value) if plan else "",
        more=_("All refused rows"),
    )


# --- Figures ------------------------------------------------------------------------------------------


def totals(run: SyncRun) -> Iterable[Table]:
    by_table = run.summary.get("rows", {})
    if len(by_table) > 1:
        yield Table(
            title=_("By table"),
            headers=[_("table"), *(str(action.label) for action in Action)],
            rows=[
                [table_name(table), *(cells.number(actions.get(action, 0)) for action in Action)]
                for table, actions in by_table.items()
            ],
            numeric=frozenset(range(1, 1 + len(Action))),
        )
    fields = [
        (count, table, name)
        for table, counts in run.summary.get("fields", {}).items()
        for name, count in counts.items()
    ]
    if fields:
        fields.sort(key=lambda each: (each[2] in LAST, -each[0], each[1], each[2]))
        yield Table(
            title=_("Fields that would change") if run.is_dry else _("Fields that changed"),
            headers=[_("field"), _("table"), _("rows")],
            rows=[
                [column_name(table, name), table_name(table), cells.number(count)]
                for count, table, name in fields
            ],
            numeric=frozenset({2}),
            folded=len(fields) > 12,
        )


def moves(run: SyncRun) -> Iterable[Table]:
    """The biggest price and stock moves, biggest first."""
    prices, stock = (run.summary.get(name, []) for name in ("prices", "stock"))
    told = [(each["table"], each["external_id"], each["label"]) for each in (*prices, *stock)]
    names = Names(run.organization, told)
    if prices:
        yield Table(
            title=_("Biggest price moves"),
            headers=[_("record"), _("field"), _("before"), _("after"), _("difference")],
            rows=[_price_move(names, each) for each in prices],
            numeric=frozenset({2, 3, 4}),
        )
    if stock:
        yield Table(
            title=_("Biggest stock moves"),
            headers=[_("record"), _("field"), _("before"), _("after"), _("difference")],
            rows=[_stock_move(names, each) for each in stock],
            numeric=frozenset({2, 3, 4}),
        )


def _price_move(names: Names, move: dict[str, Any]) -> list[object]:
    named = names.of(move["table"], move["external_id"])
    before, after = _decimal(move["before"]), _decimal(move["after"])
    by: object = cells.UNKNOWN
    if before and after is not None:
        by = _signed((after - before) / abs(before) * 100, "%")
    return [
        named.cell,
        column_name(move["table"], move["field"]),
        cells.money(before, named.currency_code),
        cells.money(after, named.currency_code),
        by,
    ]


def _stock_move(names: Names, move: dict[str, Any]) -> list[object]:
    before, after = _decimal(move["before"]), _decimal(move["after"])
    by = _signed(after - before) if before is not None and after is not None else cells.UNKNOWN
    return [
        names.of(move["table"], move["external_id"]).cell,
        column_name(move["table"], move["field"]),
        cells.number(before),
        cells.number(after),
        by,
    ]


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _signed(value: Decimal, unit: str = "") -> object:
    shown = f"{value:+,.1f}" if unit else f"{'+' if value > 0 else ''}{cells.decimal_text(value)}"
    return format_html(
        '<bdi dir="ltr" class="tsh-number {}">{}{}</bdi>', "tsh-negative" if value < 0 else "", shown, unit
    )


# --- Row by row ---------------------------------------------------------------------------------------


def names_of(run: SyncRun, rows: Sequence[Any]) -> Names:
    return Names(run.organization, [(each.table, each.external_id, each.label) for each in rows])


def first_rows(run: SyncRun) -> Table:
    rows = run.planned_changes.defer("raw") if run.is_dry else run.changes_made.all()
    found = list(rows.order_by("pk")[:SHOWN_ROWS])
    names = names_of(run, found)
    is_counted_only = bool(run.summary) and not found
    empty = _("Nothing would change.") if run.is_dry else _("Nothing has changed.")
    if is_counted_only:
        empty = _(
            "What a first sync brings in is counted, and not told row by row; older changes are deleted in time."
        )
    return Table(
        title=_("What would change") if run.is_dry else _("What has changed"),
        headers=[_("record"), _("action"), _("field"), _("before"), _("after")],
        rows=[row for each in found for row in _cells_of(each, names)],
        empty=empty,
        more_url=rows_url(run) if len(found) == SHOWN_ROWS else "",
        more=_("See the whole plan") if run.is_dry else _("See all changes"),
    )


def _cells_of(change: Any, names: Names) -> list[list[object]]:
    """Rows of [record, action, field, before, after]; the record is named once, with its first fields."""
    rows = change_rows(change) or [["", "", ""]]
    rest = len(rows) - SHOWN_FIELDS
    if rest > 0:
        more = ngettext("and %(count)s more field", "and %(count)s more fields", rest) % {"count": rest}
        rows = [*rows[:SHOWN_FIELDS], [cells.link_to(change, more), "", ""]]
    record = names.of(change.table, change.external_id).cell
    return [
        [record if place == 0 else "", action_tag(change) if place == 0 else "", *row]
        for place, row in enumerate(rows)
    ]
