"""How far a chart looks back, and into how many steps it is cut."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HOUR, DAY = 3600, 86400


@dataclass(frozen=True)
class Period:
    """key: as in the address. step: of what is drawn, in seconds; tick: between two marks below a chart."""

    key: str
    label: str | Promise
    length: timedelta
    step: int
    tick: int

    def starts(self, now: datetime, zone: tzinfo) -> list[datetime]:
        """The beginnings of the steps, the one that is going on last.

        Steps of hours and less lie on the hours of the zone; days are those of UTC, as samples of days are kept so.
        """
        shift = timedelta() if self.step >= DAY else now.astimezone(zone).utcoffset() or timedelta()
        last = floor(now + shift, self.step) - shift
        count = int(self.length.total_seconds()) // self.step
        return [last - timedelta(seconds=self.step * back) for back in range(count - 1, -1, -1)]


PERIODS = (
    Period("24h", _("24 hours"), timedelta(hours=24), 1800, 4 * HOUR),
    Period("7d", _("7 days"), timedelta(days=7), 4 * HOUR, DAY),
    Period("30d", _("30 days"), timedelta(days=30), DAY, 5 * DAY),
)


def period_of(key: str) -> Period:
    """The first one for "". Raises LookupError for a key that there is not."""
    found = {period.key: period for period in PERIODS}
    return found[key or PERIODS[0].key]


def floor(moment: datetime, seconds: int) -> datetime:
    """The last multiple of so many seconds, counted in UTC."""
    whole = int(moment.timestamp()) // seconds * seconds
    return datetime.fromtimestamp(whole, UTC)
