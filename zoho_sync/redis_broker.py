"""The queue in Redis: a list of jobs, and for each worker a list of letters and one of the jobs that it has in hand.

django-q2's own broker forgets a job as soon as it is taken. Here it stays in the worker's list until it has ended, and
is offered again with that. A Redis that loses everything costs nothing but time: rows own the work, and the sweep
queues again what waits for nobody. Needs Redis 6.2 or newer, or Valkey.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from time import sleep
from typing import Any

import redis
from django.conf import settings
from django.core.signing import BadSignature
from django_q.brokers import Broker
from django_q.brokers.redis_broker import Redis
from django_q.conf import Conf
from django_q.signing import SignedPackage
from redis.backoff import NoBackoff
from redis.retry import Retry

from .broker import QueueAway, Waiting, taken_key

log = logging.getLogger(__name__)

_BLOCK_SECONDS = 1  # so long an idle worker waits for a job, and at most so long a canary for a worker
# A frozen Redis may not hold a visitor for long, and still less one who only wants to see a page.
_PATIENCE = {"socket_connect_timeout": 2, "socket_timeout": 3}
_LOOK = {"socket_connect_timeout": 1, "socket_timeout": 1}


class AddressedRedis(Redis):
    """See `AddressedOrm`: the same addresses, and the same order."""

    @staticmethod
    def get_connection(list_key: str | None = None) -> redis.Redis:
        return _client()

    # --- Jobs in and out --------------------------------------------------------------------------------

    def enqueue(self, task: str) -> int:
        with _told():
            return self.connection.rpush(self.list_key, task)

    def dequeue(self) -> list[tuple[str | None, str]] | None:
        """A queue that is away is waited for: whoever takes jobs out must not end by it."""
        name = settings.WORKER["NAME"]
        try:
            if letter := self.connection.lpop(_list(name)):
                return [(None, letter)]  # an unanswered canary is sent anew; there is nothing to keep
            job = self.connection.blmove(
                self.list_key, _list(taken_key(name)), _BLOCK_SECONDS, "LEFT", "RIGHT"
            )
        except redis.RedisError as error:
            _outage.begins(error)
            sleep(_BLOCK_SECONDS)
            return None
        _outage.ends()
        return [(job, job)] if job else None

    def acknowledge(self, task_id: str) -> None:
        """It has ended. Should that not be noted, it is offered once more when its worker starts anew, for nothing."""
        try:
            self.connection.lrem(_list(taken_key(settings.WORKER["NAME"])), 1, task_id)
        except redis.RedisError as error:
            _outage.begins(error)

    def delete(self, task_id: str) -> None:
        self.acknowledge(task_id)

    def fail(self, task_id: str | None) -> None:
        """A payload that is not signed with our key: another installation's."""
        if task_id:
            self.acknowledge(task_id)

    # --- Around -----------------------------------------------------------------------------------------

    def give_back(self, name: str) -> int:
        count, taken, jobs = 0, _list(taken_key(name)), _list(Conf.CLUSTER_NAME)
        with _told():
            while self.connection.lmove(
                taken, jobs, "RIGHT", "LEFT"
            ):  # the first one taken is the first one again
                count += 1
        return count

    def throw_away_letters(self, name: str) -> None:
        with _told():
            self.connection.delete(_list(name))

    def waiting(self) -> Waiting:
        with _told():
            jobs = self.connection.llen(_list(Conf.CLUSTER_NAME))
            first = self.connection.lindex(_list(Conf.CLUSTER_NAME), 0)
        return Waiting(jobs, _queued_at(first) if first else None)

    def check(self) -> None:
        options: dict[str, Any] = {**Conf.REDIS, **_LOOK}
        with _told(), redis.Redis(**options, retry=Retry(NoBackoff(), 0)) as client:
            client.ping()

    def ping(self) -> bool:
        """django-q2's sentinel asks at its start, and would die of an error; the worker waits for Redis instead."""
        return True

    # The sentinel tells twice a second how it is. That is for nobody here, and must not wait for a Redis that hangs.
    set_stat, get_stat, get_stats = Broker.set_stat, Broker.get_stat, Broker.get_stats


class _Outage:
    """Of this process's Redis: told once when it begins, and once when it is over."""

    def __init__(self) -> None:
        self._lasts = False

    def begins(self, error: Exception) -> None:
        if not self._lasts:
            log.warning("queue: Redis does not answer, jobs wait: %s", _sentence(error))
        self._lasts = True

    def ends(self) -> None:
        if self._lasts:
            log.warning("queue: Redis answers again")
        self._lasts = False


_outage = _Outage()


@lru_cache(maxsize=1)
def _client() -> redis.Redis:
    """One for the process. A connection that broke is made anew once; after a fork each process has its own."""
    options: dict[str, Any] = {**Conf.REDIS, **_PATIENCE}
    return redis.Redis(
        **options, decode_responses=True, retry=Retry(NoBackoff(), 1), health_check_interval=30
    )


def _list(name: str) -> str:
    """The key of a list of django-q2's."""
    return f"django_q:{name}:q"


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise QueueAway(f"Redis does not answer: {_sentence(error)}") from error


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _queued_at(payload: str) -> datetime | None:
    try:
        return SignedPackage.loads(payload)["started"]
    except (BadSignature, TypeError, KeyError):
        return None
