"""The queue as one cluster sees it: letters addressed to this cluster, then the jobs that anybody may take.

A canary proves nothing when another host's cluster may answer it, so it is enqueued under the name of the cluster
that it shall prove: `async_task(..., cluster=settings.WORKER["NAME"])`. A job that a cluster takes is put under that
cluster's name too, so that the jobs of a dead one can be given back at once instead of after `retry` seconds.

There are two such queues: in our own database (here) and in Redis (redis_broker.py). The functions below are for
whoever has to do with either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import sleep
from typing import Protocol, cast

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ


class QueueAway(ConnectionError):
    """The queue does not answer. The sentence says why, and holds no password."""


@dataclass(frozen=True)
class Waiting:
    """jobs: that no worker has taken yet; oldest_at: when the first of them was put there, None when there is none."""

    jobs: int
    oldest_at: datetime | None


class Desk(Protocol):
    """What both queues can do beside taking and giving out jobs. With Redis each may raise QueueAway."""

    def give_back(self, name: str) -> int: ...
    def throw_away_letters(self, name: str) -> None: ...
    def waiting(self) -> Waiting: ...
    def check(self) -> None: ...


def give_back(name: str) -> int:
    """Offer the jobs of cluster `name` again; only for a cluster whose processes are all gone. Returns how many."""
    return _desk().give_back(name)


def throw_away_letters(name: str) -> None:
    """Canaries for cluster `name` that nobody has answered."""
    _desk().throw_away_letters(name)


def waiting() -> Waiting:
    """Canaries have addresses, and do not count."""
    return _desk().waiting()


def check() -> None:
    """Raises QueueAway when no job could be queued or taken now. Of the database nothing is asked."""
    _desk().check()


def _desk() -> Desk:
    return cast(Desk, get_broker())


def taken_key(name: str) -> str:
    """The key of the jobs that cluster `name` has taken and not ended."""
    return f"taken:{name}"


class AddressedOrm(ORM):
    """django-q2's database broker with addresses, and in the order of arrival, which the original leaves open."""

    def dequeue(self) -> list[tuple[int, str]] | None:
        name = settings.WORKER["NAME"]
        taken = self._take([name], name) or self._take([self.list_key, taken_key(name)], taken_key(name))
        if not taken:
            sleep(Conf.POLL)
        return taken or None

    def _take(self, keys: list[str], new_key: str) -> list[tuple[int, str]]:
        rows = self.get_connection()
        waiting = rows.filter(key__in=keys, lock__lt=timezone.now()).order_by("pk")[: Conf.BULK]
        return [
            (row.pk, row.payload)
            for row in waiting
            if rows.filter(pk=row.pk, lock=row.lock).update(
                lock=self.timeout(row), key=new_key
            )  # nobody was faster
        ]

    def give_back(self, name: str) -> int:
        return OrmQ.objects.filter(key=taken_key(name)).update(key=Conf.CLUSTER_NAME, lock=timezone.now())

    def throw_away_letters(self, name: str) -> None:
        OrmQ.objects.filter(key=name).delete()

    def waiting(self) -> Waiting:
        """A job that waits carries the time at which it came (`lock`)."""
        rows = OrmQ.objects.filter(key=Conf.CLUSTER_NAME)
        facts = rows.aggregate(jobs=Count("pk"), oldest=Min("lock"))
        return Waiting(facts["jobs"], facts["oldest"])

    def check(self) -> None:
        """It is a table of our own database."""
