"""The queue as one cluster sees it: letters addressed to this cluster first, then the jobs that anybody may take.

A canary proves nothing when another host's cluster may answer it, so it is enqueued under the name of the cluster
that it shall prove: `async_task(..., cluster=settings.WORKER["NAME"])`.
"""

from __future__ import annotations

from time import sleep

from django.conf import settings
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf


class AddressedOrm(ORM):
    """django-q2's database broker, reading two keys, and in the order of arrival, which the original leaves open."""

    def dequeue(self) -> list[tuple[int, str]] | None:
        rows = self.get_connection()
        for key in (settings.WORKER["NAME"], self.list_key):
            waiting = rows.filter(key=key, lock__lt=timezone.now()).order_by("pk")[: Conf.BULK]
            taken = [
                (row.pk, row.payload)
                for row in waiting
                if rows.filter(pk=row.pk, lock=row.lock).update(lock=self.timeout(row))  # nobody was faster
            ]
            if taken:
                return taken
        sleep(Conf.POLL)
        return None
