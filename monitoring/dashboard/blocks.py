"""The blocks of the home page that are made of what is watched; each is left out for visitors who may not see it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, tzinfo

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.panels import Block, Custom, Table

from ..causes import Facts
from ..overview import Looked
from ..troubles import Trouble
from .answers import cards
from .charts import charts, metrics_of, plans_for
from .drawing import HEIGHT, WIDTH, draw, value_text
from .flow import flows
from .observed import observe
from .open_alerts import OpenAlert, open_alerts
from .periods import PERIODS, Period

May = Callable[[str], bool]


def answers_block(
    may: May, facts: Facts | None, found: Collection[Trouble], notes: Mapping[str, str]
) -> Block | None:
    shown = cards(facts, found, may, notes)
    if not shown:
        return None
    return Block(
        id="answers", panels=[Custom(template="admin/dashboard/answers.html", values={"cards": shown})]
    )


def alerts_block(may: May, facts: Facts) -> Block | None:
    found = open_alerts(may)
    if found is None:
        return None
    more = found.count - len(found.rows)
    text = ngettext("%(count)s more alert is open.", "%(count)s more alerts are open.", more)
    values = {
        "rows": [_alert_row(each) for each in found.rows],
        "more": text % {"count": more} if more else "",
        "url": _alerts_url(),
        "is_watched": Looked.by(facts.watch.looked_at if facts.watch else None).is_lately,
    }
    return Block(id="alerts", panels=[Custom(template="admin/dashboard/alerts.html", values=values)])


def _alert_row(alert: OpenAlert) -> dict:
    known = [cells.age(alert.since)]
    if alert.acknowledged_by:
        known.append(_("acknowledged by %(name)s") % {"name": alert.acknowledged_by})
    if alert.snoozed_until:
        known.append(_("silent until %(time)s") % {"time": cells.moment(alert.snoozed_until)})
    return {
        "severity": cells.tag(alert.severity, alert.mood),
        "mood": alert.mood,
        "title": cells.link(alert.page, cells.words(alert.title)) if alert.page else cells.words(alert.title),
        "message": cells.words(alert.message) if alert.message else "",
        "facts": cells.joined(known, " · "),
    }


def _alerts_url() -> str:
    try:
        return f"{reverse('admin:monitoring_alert_changelist')}?state__exact=open"
    except NoReverseMatch:
        return ""


def flow_block(may: May, now: datetime) -> Block | None:
    found = flows(may, now)
    if found is None:
        return None
    table = Table(
        title=_("Flow of webhooks"),
        headers=["", _("last hour"), _("last 24 hours")],
        rows=[
            *(
                [name, *(_figure(each.counts[state]) for each in found)]
                for state, name in (
                    ("received", _("received")),
                    ("applied", _("applied")),
                    ("failed", _("failed, tried again")),
                    ("dead", _("given up")),
                )
            ),
            [_("half of them in the mirror within"), *(_seconds(each.half) for each in found)],
            [_("95 of 100 in the mirror within"), *(_seconds(each.most) for each in found)],
        ],
        numeric=frozenset({1, 2}),
    )
    return Block(id="flow", panels=[table], is_half=True)


def _seconds(value: float | None) -> object:
    return _("no data") if value is None else cells.ltr(value_text(value, "s"))


def _figure(value: int | None) -> object:
    return _("no data") if value is None else cells.number(value)


def charts_block(may: May, period: Period, now: datetime, zone: tzinfo) -> Block | None:
    plans = plans_for(may)
    if not plans:
        return None
    starts = period.starts(now, zone)
    seen = observe(metrics_of(plans), period, starts)
    drawn = [
        {"chart": chart, "drawing": draw(chart, period, zone) if chart.has_data else None}
        for chart in charts(plans, seen)
    ]
    values = {
        "charts": drawn,
        "tabs": [{"key": each.key, "label": each.label, "is_chosen": each == period} for each in PERIODS],
        "width": WIDTH,
        "height": HEIGHT,
    }
    return Block(id="charts", panels=[Custom(template="admin/dashboard/charts.html", values=values)])
