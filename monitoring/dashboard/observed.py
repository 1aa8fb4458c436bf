"""What was observed of many metrics over one period, cut into its steps: one query, added up by the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Case, F, Func, IntegerField, Max, Sum, Value, When
from django.db.models.functions import StrIndex, Substr

from ..metrics.labels import unpack
from ..models import MetricSample
from .periods import Period


class Step(Func):
    """In which step of so many seconds a moment lies, counted from 1970."""

    output_field = IntegerField()

    def __init__(self, expression: object, *, shift: int, seconds: int):
        super().__init__(expression)
        self.shift, self.seconds = int(shift), int(seconds)

    def as_sqlite(self, compiler, connection, **context):
        template = f"(CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) + {self.shift}) / {self.seconds}"
        return super().as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler, connection, **context):
        template = f"(EXTRACT(EPOCH FROM %(expressions)s)::bigint + {self.shift}) / {self.seconds}"
        return super().as_sql(compiler, connection, template=template, **context)


@dataclass
class Sums:
    """Of one metric, one set of labels and one step. high: of a gauge."""

    labels: dict[str, str]
    place: int
    count: int
    total: float
    high: float | None


@dataclass
class Observed:
    """starts: of the steps. sums: by metric. is_watched: by step, whether anything at all was observed in it."""

    starts: Sequence[datetime]
    sums: dict[str, list[Sums]] = field(default_factory=lambda: defaultdict(list))
    is_watched: list[bool] = field(default_factory=list)

    def added(self, name: str, label: str, values: Collection[str] | None = None) -> list[float | None]:
        """Per step, the sum of a counter where the label has one of these values, or any; None: nobody watched."""
        found: list[float | None] = [0.0 if watched else None for watched in self.is_watched]
        for each in self.sums.get(name, ()):
            if values is None or each.labels.get(label, "") in values:
                found[each.place] = (found[each.place] or 0.0) + each.total
        return found

    def highest(self, name: str) -> list[float | None]:
        """Per step, the highest value of a gauge; those of several organisations or entities are added."""
        found: list[float | None] = [None] * len(self.starts)
        for each in self.sums.get(name, ()):
            if each.high is not None:
                found[each.place] = (found[each.place] or 0.0) + each.high
        return found

    def counted(self, name: str) -> list[dict[str, float]]:
        """Of a histogram, per step, how many fell up to each bound ("le") and above the one before."""
        found: list[dict[str, float]] = [defaultdict(float) for _start in self.starts]
        for each in self.sums.get(name, ()):
            found[each.place][each.labels.get("le", "")] += each.count
        return found

    def has(self, name: str) -> bool:
        return bool(self.sums.get(name))


# Where the label that is asked for stands last, what stands before it is added up by the database.
_LAST = {"calls": "status", "call_seconds": "le", "rows": "result"}


def _wanted_labels() -> Case:
    return Case(
        *(
            When(name=name, then=Substr("labels", StrIndex("labels", Value(f"{label}="))))
            for name, label in _LAST.items()
        ),
        default=F("labels"),
    )


def observe(names: Iterable[str], period: Period, starts: Sequence[datetime]) -> Observed:
    """names: of the metrics. starts: of the period's steps, as `Period.starts` gives them."""
    first = int(starts[0].timestamp())
    shift = -first % period.step
    rows = (
        # All widths: what was rolled up into an hour is gone from its minutes. They are named for the index's sake.
        MetricSample.objects.filter(
            name__in=list(names), width__in=MetricSample.Width.values, at__gte=starts[0]
        )
        .order_by()
        .annotate(wanted=_wanted_labels(), step=Step(F("at"), shift=shift, seconds=period.step))
        .values_list("name", "wanted", "step")
        .annotate(Sum("count"), Sum("total"), Max("high"))
    )
    found, known = Observed(starts, is_watched=[False] * len(starts)), {}
    base = (first + shift) // period.step
    for name, labels, step, count, total, high in rows:
        place = step - base
        if not 0 <= place < len(starts):  # of a machine whose clock runs ahead
            continue
        if labels not in known:
            known[labels] = unpack(labels)
        found.sums[name].append(Sums(known[labels], place, count, total, high))
        found.is_watched[place] = True
    return found
