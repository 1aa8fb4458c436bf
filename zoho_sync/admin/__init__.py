"""The sync's pages: runs and their traces, schedules, the connection, webhooks, and buttons on the catalogue's pages.

django-q2's own pages are taken away: they let staff run any callable.
"""

from django.contrib import admin
from django_q import admin as queue_admin  # its pages must be registered before they can be taken away
from django_q.models import Failure, OrmQ, Schedule, Success

for model in (Failure, OrmQ, Schedule, Success):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

from . import (  # noqa: E402
    causes,
    connection,
    deliveries,
    events,
    expectations,
    failures,
    plans,
    refresh,
    repairs,
    runs,
    schedules,
    secrets,
    truth,
)

__all__ = [
    "causes",
    "connection",
    "deliveries",
    "events",
    "expectations",
    "failures",
    "plans",
    "queue_admin",
    "refresh",
    "repairs",
    "runs",
    "schedules",
    "secrets",
    "truth",
]
