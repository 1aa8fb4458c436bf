"""How deliveries are narrowed down: what they are about, and when they came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..subjects import SUBJECTS
from .webhook_words import subject_name

NO_SUBJECT = "none"


class SubjectFilter(admin.SimpleListFilter):
    title = gettext_lazy("subject")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin) -> list:
        return [*((name, subject_name(name)) for name in SUBJECTS), (NO_SUBJECT, subject_name(""))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        return queryset.filter(subject="" if value == NO_SUBJECT else value) if value else queryset


class ReceivedFilter(admin.ListFilter):
    """A window of time: the last hour, day or week, or any two moments in the local zone.

    A moment that cannot be read finds nothing, so that nobody acts on more than was meant.
    """

    title = gettext_lazy("time of receipt")
    template = "admin/zoho_sync/received_filter.html"
    LAST, SINCE, UNTIL = "received", "received_from", "received_until"
    WINDOWS = {
        "hour": (gettext_lazy("The last hour"), timedelta(hours=1)),
        "day": (gettext_lazy("The last 24 hours"), timedelta(days=1)),
        "week": (gettext_lazy("The last 7 days"), timedelta(days=7)),
    }

    def __init__(self, request: HttpRequest, params: dict, model, model_admin):
        super().__init__(request, params, model, model_admin)
        for name in self.expected_parameters():
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.used_parameters = {name: value for name, value in self.used_parameters.items() if value}
        told = [str(self.used_parameters.get(name, "")) for name in self.expected_parameters()]
        self.last, self.since, self.until = told
        own = {*self.expected_parameters(), "p"}
        self.others = [
            (name, value) for name, values in request.GET.lists() for value in values if name not in own
        ]

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str]:
        return [self.LAST, self.SINCE, self.UNTIL]

    def choices(self, changelist) -> Iterator[dict]:
        yield {
            "selected": not self.used_parameters,
            "query_string": changelist.get_query_string(remove=self.expected_parameters()),
            "display": _("At any time"),
        }
        for name, (title, _length) in self.WINDOWS.items():
            yield {
                "selected": self.last == name,
                "query_string": changelist.get_query_string({self.LAST: name}, [self.SINCE, self.UNTIL]),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        try:
            if self.last:
                return queryset.filter(received_at__gte=timezone.now() - self.WINDOWS[self.last][1])
            if self.since:
                queryset = queryset.filter(received_at__gte=local_moment(self.since))
            if self.until:
                queryset = queryset.filter(received_at__lt=local_moment(self.until))
        except (KeyError, ValueError):
            return queryset.none()
        return queryset


def local_moment(text: str) -> datetime:
    """What a browser's field for date and time sends, in the zone of the settings. Raises ValueError."""
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(text)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
