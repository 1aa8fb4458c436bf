"""Who is not let in at this moment, because passwords were wrong too often; and the button that lets him in again."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from inventory.admin import cells
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Facts
from zoho_sync.admin.confirm import Question, ask

from ..guesses import lift
from ..models import LoginLock

LIST = "admin:access_loginlock_changelist"


@admin.register(LoginLock)
class LoginLockAdmin(PageAdmin):
    when_empty = gettext_lazy("Nobody is kept out at this moment.")
    list_display = ("who", "kind", "count", "until")
    list_filter = ("kind",)
    list_select_related = False
    search_fields = ("username", "network")
    actions_detail = ("lift_one",)

    def has_lift_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return bool(request.user.has_perm("access.lift_loginlock"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(locked_until__gt=timezone.now())

    @display(description=gettext_lazy("who"), ordering="username")
    def who(self, lock: LoginLock) -> object:
        name = cells.words(lock.username) if lock.username else ""
        return cells.stacked(name or cells.ltr(lock.network), cells.ltr(lock.network) if name else "")

    @display(description=gettext_lazy("refused until"), ordering="locked_until")
    def until(self, lock: LoginLock) -> object:
        return cells.moment(lock.locked_until)

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return [
            *super().get_list_display(request),
            *(["lifting"] if self.has_lift_permission(request) else []),
        ]

    @display(description=gettext_lazy("what to do"))
    def lifting(self, lock: LoginLock) -> object:
        return cells.link(reverse("admin:access_loginlock_lift_one", args=[lock.pk]), _("Let in again"))

    def get_panels(self, request: HttpRequest, obj: LoginLock) -> Iterable[object]:
        pairs = [self.pair(obj, "kind")]
        pairs += [(_("user"), cells.words(obj.username))] if obj.username else []
        pairs += [(_("address"), cells.ltr(obj.network))] if obj.network else []
        pairs += [self.pair(obj, name) for name in ("count", "begun_at", "locked_until")]
        note = _("It ends by itself. The name is as it was typed; there need be no such user.")
        yield Facts(title=_("login lock").capitalize(), pairs=pairs, note=note)

    @action(description=gettext_lazy("Let in again"), permissions=["lift"], icon="lock_open")
    def lift_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = str(object_id)
        is_number = key.isascii() and key.isdigit() and len(key) < 19
        lock = self.get_queryset(request).filter(pk=key).first() if is_number else None
        if lock is None:
            raise Http404
        if request.method != "POST":
            return ask(request, _lifting(lock))
        self.log_change(request, lock, [{"changed": {"fields": ["locked_until"]}}])
        lift(LoginLock.objects.filter(pk=lock.pk))
        messages.success(request, _("%(who)s may try again.") % {"who": lock})
        return redirect(LIST)


def _lifting(lock: LoginLock) -> Question:
    return Question(
        title=f"{lock}: {_('Let in again')}",
        sentences=[_("What was counted is forgotten, and the next wrong attempt is the first one.")],
        facts=[
            (_("counted against"), cells.words(lock.get_kind_display())),
            (_("refused until"), cells.moment(lock.locked_until)),
        ],
        submit=_("Let in again"),
        cancel_url=reverse("admin:access_loginlock_change", args=[lock.pk]),
    )
