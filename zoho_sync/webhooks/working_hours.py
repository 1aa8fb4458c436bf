"""Working time between two moments: what lies in the hours of the weekdays that somebody named. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo


@dataclass(frozen=True)
class WorkingHours:
    """weekdays: 0 is Monday … 6 is Sunday; empty means every day. to_hour: exclusive, 24 is midnight."""

    zone: tzinfo
    weekdays: frozenset[int] = frozenset()
    from_hour: int = 0
    to_hour: int = 24

    def between(self, since: datetime, until: datetime) -> timedelta:
        """How much working time lies between two aware moments; nothing when they are the wrong way round."""
        return sum(self._shares(since, until), timedelta())

    def exceed(self, since: datetime, until: datetime, limit: timedelta) -> bool:
        """Does more than `limit` lie between them? Looks no further than it has to, however long ago `since` is."""
        spent = timedelta()
        for share in self._shares(since, until):
            spent += share
            if spent > limit:
                return True
        return False

    def _shares(self, since: datetime, until: datetime) -> Iterator[timedelta]:
        """The working time of each local day. Reckoned in UTC, so that a day of 23 or 25 hours counts as it is."""
        day = since.astimezone(self.zone).date()
        last = until.astimezone(self.zone).date()
        while day <= last:
            if not self.weekdays or day.weekday() in self.weekdays:
                midnight = datetime.combine(day, time.min, self.zone)
                opens = (midnight + timedelta(hours=self.from_hour)).astimezone(UTC)
                closes = (midnight + timedelta(hours=self.to_hour)).astimezone(UTC)
                share = min(closes, until) - max(opens, since)
                if share > timedelta():
                    yield share
            day += timedelta(days=1)
