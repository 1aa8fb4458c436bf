"""Filters of findings. Without any, what is open is shown: what nobody has decided about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...integrity import registry
from ...models import Finding, Severity

State = Finding.State
MOST_OWNERS = 30


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        others = (State.ACCEPTED, State.IGNORED, State.CLOSED)
        return [*((each.value, each.label) for each in others), ("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        chosen = self.value()
        yield {
            "selected": chosen is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": State.OPEN.label,
        }
        for value, title in self.lookup_choices:
            yield {
                "selected": chosen == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        known = (State.ACCEPTED, State.IGNORED, State.CLOSED)
        return queryset.filter(state=self.value() if self.value() in known else State.OPEN)


class CheckFilter(admin.SimpleListFilter):
    title = gettext_lazy("check")
    parameter_name = "check"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [(each.key, each.title) for each in registry.checks()]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        return queryset.filter(check_key=self.value()) if self.value() else queryset


class SeverityFilter(admin.SimpleListFilter):
    title = gettext_lazy("severity")
    parameter_name = "severity"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [(each.value, each.label) for each in Severity]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        return queryset.filter(severity=self.value()) if self.value() else queryset


class OwnerFilter(admin.SimpleListFilter):
    title = gettext_lazy("owner")
    parameter_name = "owner"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        owned = Finding.objects.exclude(owner=None).order_by().values("owner").distinct()
        people = get_user_model()._default_manager.filter(pk__in=owned).exclude(pk=request.user.pk)
        names = people.order_by("username").values_list("pk", "username")[:MOST_OWNERS]
        return [("me", _("Mine")), ("nobody", _("Nobody's")), *((str(key), name) for key, name in names)]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        chosen = self.value() or ""
        if chosen == "me":
            return queryset.filter(owner=request.user.pk)
        if chosen == "nobody":
            return queryset.filter(owner=None)
        return queryset.filter(owner=int(chosen)) if chosen.isdecimal() and len(chosen) < 19 else queryset
