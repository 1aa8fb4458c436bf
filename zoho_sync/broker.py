"""The queue as one cluster sees it: letters addressed to this cluster, then the jobs that anybody may take.

A canary proves nothing when another host's cluster may answer it, so it is enqueued under the name of the cluster
that it shall prove: `async_task(..., cluster=settings.WORKER["NAME"])`. A job that a cluster takes is put under that
cluster's name too, so that the jobs of a dead one can be given back at once instead of after `retry` seconds.
"""

from __future__ import annotations

from time import sleep

from django.conf import settings
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ


def taken_key(name: str) -> str:
    """The key of the jobs that cluster `name` has taken and not ended."""
    return f"taken:{name}"


def give_back(name: str) -> int:
    """Offer the jobs of cluster `name` again; only for a cluster whose processes are all gone. Returns how many."""
    return OrmQ.objects.filter(key=taken_key(name)).update(key=Conf.CLUSTER_NAME, lock=timezone.now())


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
