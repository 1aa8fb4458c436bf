from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.management import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich import box
from rich.table import Table
from rich.text import Text

from monitoring.metrics import reading
from monitoring.metrics.catalogue import METRICS, Kind, Metric
from monitoring.metrics.reading import Pairs, Point
from monitoring.metrics.sparkline import number, sparkline, steps
from zoho_sync.management.plain import PlainCommand, WrongUsage, printable

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LONGEST = timedelta(days=3650)
_CURVE = 24  # steps


class Command(PlainCommand):
    help = gettext_lazy("Show what was measured: runs, rows, calls, webhooks, the queue, the budget, ages.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "names", nargs="*", metavar="NAME", help=_("Only these, and by their labels. Default: all.")
        )
        parser.add_argument(
            "--since", default="24h", metavar="TIME", help=_("How far back: 90m, 24h or 7d. Default: 24h.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        metrics = _chosen(options["names"])
        until = timezone.now()
        since = until - _span(options["since"])
        seen = [_Seen(metric, since, until) for metric in metrics]
        self.answer({"since": since, "until": until, "metrics": [each.facts() for each in seen]})
        if self.is_quiet:
            return
        self.screen.print(_table(seen, with_labels=bool(options["names"])))
        if not any(each.points for each in seen):
            self.screen.say(
                _("Nothing was observed in this time. Is a worker, and is `manage.py run_monitor` running?")
            )


def _chosen(names: Iterable[str]) -> list[Metric]:
    names = list(dict.fromkeys(names))
    for name in names:
        if name not in METRICS:
            raise WrongUsage(
                _("There is no metric “%(name)s”. There are: %(names)s.")
                % {"name": name, "names": ", ".join(sorted(METRICS))}
            )
    return [METRICS[name] for name in names] or list(METRICS.values())


def _span(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9][0-9]{0,5})([mhd])", text, re.ASCII)
    span = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
    if span is None or span > _LONGEST:
        raise WrongUsage(
            _("--since takes a time such as 90m, 24h or 7d, of ten years at most, not “%(text)s”.")
            % {"text": text}
        )
    return span


class _Seen:
    """What was observed of one metric since some time."""

    def __init__(self, metric: Metric, since: datetime, until: datetime):
        self.metric, self.since, self.until = metric, since, until
        self.points = reading.series(metric.name, since=since, until=until)
        self.parts = reading.by_labels(metric.name, since=since, until=until) if self.points else {}

    @property
    def whole(self) -> Point | None:
        return reading.merged(self.points)

    def percentile(self, share: float, pairs: Pairs = ()) -> float | None:
        if self.metric.kind is not Kind.HISTOGRAM:
            return None
        labels: dict[str, Any] = dict(pairs)
        return reading.percentile(self.metric.name, share, since=self.since, now=self.until, **labels)

    def curve(self) -> str:
        values = steps(self.metric, self.points, self.since, self.until, _CURVE)
        return sparkline(values)

    def facts(self) -> dict[str, Any]:
        return {
            "name": self.metric.name,
            "kind": str(self.metric.kind),
            "unit": self.metric.unit,
            "words": str(self.metric.words),
            **self._figures(self.whole),
            "labels": [{"labels": dict(pairs), **self._figures(p, pairs)} for pairs, p in self.parts.items()],
            "points": [vars(point) for point in self.points],
        }

    def _figures(self, point: Point | None, pairs: Pairs = ()) -> dict[str, Any]:
        """null where nothing was observed: no data is not 0."""
        found: dict[str, Any] = {
            name: getattr(point, name, None) for name in ("count", "total", "low", "high", "last")
        }
        if self.metric.kind is Kind.HISTOGRAM:
            found |= {"p50": self.percentile(0.5, pairs), "p95": self.percentile(0.95, pairs)}
        return found

    def cells(self, point: Point | None, pairs: Pairs = ()) -> list[str]:
        if point is None:
            return [_("no data"), "", ""]
        unit = self.metric.unit
        if self.metric.kind is Kind.GAUGE:
            return [number(point.last, unit), number(point.low, unit), number(point.high, unit)]
        if self.metric.kind is Kind.COUNTER:
            return [number(point.total), "", ""]
        half, most = (number(self.percentile(share, pairs), unit) for share in (0.5, 0.95))
        return [
            number(point.count),
            _("half ≤ %(time)s") % {"time": half},
            _("95 %% ≤ %(time)s") % {"time": most},
        ]


def _table(seen: Iterable[_Seen], *, with_labels: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for title in (_("metric"), _("what it tells"), _("sum or last"), _("lowest"), _("highest"), _("curve")):
        is_figure = title in (_("sum or last"), _("lowest"), _("highest"))
        table.add_column(title, justify="right" if is_figure else "left")
    for each in seen:
        cells = [each.metric.name, str(each.metric.words), *each.cells(each.whole), each.curve()]
        style = "" if each.points else "dim"
        table.add_row(*(Text(printable(cell), style=style) for cell in cells))
        if with_labels:
            for pairs, point in each.parts.items():
                if pairs:
                    told = ", ".join(f"{name}={value}" for name, value in pairs)
                    cells = ["", told, *each.cells(point, pairs), ""]
                    table.add_row(*(Text(printable(cell)) for cell in cells))
    return table
