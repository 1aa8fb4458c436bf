"""Users and groups, in the same skin as everything else. Nobody gives away, or takes over, more than he has."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as PlainGroupAdmin
from django.contrib.auth.admin import UserAdmin as PlainUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelect2MultipleWidget

from zoho_sync.admin.confirm import Question, ask

from ..second_factor import factor_of, reset
from ..tokens import is_no_more_powerful

admin.site.unregister(User)
admin.site.unregister(Group)


def permissions_of(person: Any) -> QuerySet[Permission]:
    """What somebody has and so may give."""
    if person.is_superuser:
        return Permission.objects.all()
    return Permission.objects.filter(Q(user=person) | Q(group__user=person)).distinct()


class Giving(ModelAdmin):
    """Offers only permissions and groups that the one who gives them has himself.

    Groups are few, and are ticked; permissions are many, and are found by typing. The framework's pair of boxes is
    wider than a phone, and the skin gives it no colours that can be read.
    """

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Under the name of what it lists; the framework's own tells people to select a row to change."""
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        is_few = db_field.name == "groups"
        kwargs["widget"] = (
            UnfoldAdminCheckboxSelectMultipleWidget() if is_few else UnfoldAdminSelect2MultipleWidget()
        )
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is None or request.user.is_superuser:
            return field
        own = permissions_of(request.user)
        if db_field.name in ("permissions", "user_permissions"):
            field.queryset = field.queryset.filter(pk__in=own.values("pk"))
        if db_field.name == "groups":
            beyond = Permission.objects.exclude(pk__in=own.values("pk"))
            field.queryset = field.queryset.exclude(permissions__in=beyond)
        return field


@admin.register(User)
class UserAdmin(PlainUserAdmin, Giving):
    filter_horizontal = ()
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_per_page = 50
    actions_detail = ("reset_second_factor",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, "is_superuser")

    def has_reset_second_factor_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        person = self._found(object_id)
        if person is None or factor_of(person) is None:
            return False
        may = request.user.has_perm("access.reset_secondfactor") and self.has_view_permission(request)
        return bool(may and _is_within(person, request.user))

    @action(
        description=gettext_lazy("Reset the second factor"),
        permissions=["reset_second_factor"],
        icon="phonelink_erase",
    )
    def reset_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._found(object_id)
        page = reverse("admin:auth_user_change", args=[object_id])
        if request.method != "POST":
            question = Question(
                title=f"{person}: {_('Reset the second factor')}",
                sentences=[
                    _("The password alone then lets this person in, until a new second factor is set up."),
                    _("All logins of this person end."),
                ],
                submit=_("Reset the second factor"),
                cancel_url=page,
                danger=True,
            )
            return ask(request, question)
        reset(person)
        self.log_change(request, person, [{"changed": {"fields": ["second_factor"]}}])
        messages.success(request, _("The second factor of %(user)s is gone.") % {"user": person})
        return redirect(page)

    @staticmethod
    def _found(object_id: Any) -> Any:
        key = str(object_id)
        is_number = key.isascii() and key.isdigit() and len(key) < 19
        people = User.objects.select_related("second_factor").defer(
            "second_factor__key"
        )  # which may be unreadable
        return people.filter(pk=key).first() if is_number else None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _is_within(obj, request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _is_within(obj, request.user)


@admin.register(Group)
class GroupAdmin(PlainGroupAdmin, Giving):
    filter_horizontal = ()
    list_per_page = 50

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _holds(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and _holds(request.user, obj)


def _is_within(user: Any, person: Any) -> bool:
    """May the person touch this user? Somebody who may more could be taken over by a new password."""
    return user is None or user.pk == person.pk or is_no_more_powerful(user, person)


def _holds(person: Any, group: Any) -> bool:
    """Has the person all that the group gives? Else to change it would give, or take, what is not his."""
    if group is None or person.is_superuser:
        return True
    return not group.permissions.exclude(pk__in=permissions_of(person).values("pk")).exists()
