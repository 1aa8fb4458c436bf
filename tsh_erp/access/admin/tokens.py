"""API tokens: made here and shown once, looked at, and ended. Everybody sees his own, an administrator all of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from unfold.decorators import action, display

from inventory.admin import cells
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Facts
from zoho_sync.admin.confirm import Question, ask

from ..models import ApiToken
from ..tokens import State, TokenRefused, in_state, make_token, may_revoke, revoke, state_of
from .token_forms import LIST, making, told_end, told_user

MOODS = {State.LIVE: "good", State.EXPIRED: "warn", State.REVOKED: "quiet"}


def state_tag(token: ApiToken) -> object:
    state = state_of(token)
    if state == State.LIVE and not token.user.is_active:
        return cells.tag(_("user not active"), "warn")
    return cells.tag(State(state).label, MOODS[state])


def last_use(token: ApiToken) -> object:
    return cells.age(token.last_used_at) if token.last_used_at else _("never")


def valid_until(token: ApiToken) -> object:
    return cells.moment(token.expires_at) if token.expires_at else _("revoked only")


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list:
        return list(State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return in_state(queryset, self.value()) if self.value() in State.values else queryset


@admin.register(ApiToken)
class ApiTokenAdmin(PageAdmin):
    when_empty = gettext_lazy(
        "There is no token yet. Make one for each program that reads or syncs; it is shown once."
    )
    list_display = ("name_cell", "user", "scope", "state", "used", "until", "made")
    list_filter = (StateFilter, "scope")
    list_select_related = ("user", "created_by", "revoked_by")
    search_fields = ("name", "prefix", "user__username")
    actions_detail = ("revoke_one",)

    # --- Who may what ----------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        if request.user.has_perm("access.view_apitoken"):
            return True
        is_own = obj is None or obj.user_id == request.user.pk
        return is_own and request.user.has_perm("access.own_apitoken")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("access.own_apitoken") or request.user.has_perm("access.add_apitoken")

    def has_revoke_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        token = self._found(request, object_id)
        return token is not None and may_revoke(request.user, token)

    def refusals(self, request: HttpRequest, object_id: object) -> dict[str, str]:
        token = self._found(request, object_id)
        is_live = token is None or state_of(token) == State.LIVE
        return {} if is_live else {"revoke_one": _("Nobody can use this token any more.")}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        tokens = super().get_queryset(request).defer("digest")
        sees_all = request.user.has_perm("access.view_apitoken")
        return tokens if sees_all else tokens.filter(user=request.user)

    def _found(self, request: HttpRequest, object_id: object) -> ApiToken | None:
        key = str(object_id)
        return self.get_queryset(request).filter(pk=key).first() if key.isascii() and key.isdigit() else None

    # --- List and page ---------------------------------------------------------------------------

    @display(description=gettext_lazy("name"), ordering="name")
    def name_cell(self, token: ApiToken) -> object:
        return cells.stacked(cells.words(token.name), cells.ltr(f"tsh_{token.prefix}_…"))

    @display(description=gettext_lazy("state"))
    def state(self, token: ApiToken) -> object:
        return state_tag(token)

    @display(description=gettext_lazy("last used"), ordering="last_used_at")
    def used(self, token: ApiToken) -> object:
        return cells.stacked(last_use(token), cells.ltr(token.last_used_from) if token.last_used_from else "")

    @display(description=gettext_lazy("valid until"), ordering="expires_at")
    def until(self, token: ApiToken) -> object:
        return valid_until(token)

    @display(description=gettext_lazy("made"), ordering="created_at")
    def made(self, token: ApiToken) -> object:
        return cells.stacked(
            cells.age(token.created_at), cells.words(token.created_by) if token.created_by else ""
        )

    def get_panels(self, request: HttpRequest, obj: ApiToken) -> Iterable[object]:
        pairs = [
            (_("state"), state_tag(obj)),
            (_("prefix"), cells.ltr(f"tsh_{obj.prefix}_…")),
            (_("user"), cells.link_to(obj.user)),
            (_("scope"), cells.words(obj.get_scope_display())),
            (_("valid until"), valid_until(obj)),
            (_("last used"), last_use(obj)),
            (_("last used from"), cells.ltr(obj.last_used_from)),
            (_("made"), cells.moment(obj.created_at)),
            (_("made by"), cells.words(obj.created_by) if obj.created_by else _("on the command line")),
        ]
        if obj.revoked_at:
            pairs.append((_("revoked"), cells.moment(obj.revoked_at)))
            by = cells.words(obj.revoked_by) if obj.revoked_by else _("on the command line")
            pairs.append((_("revoked by"), by))
        note = _("The token itself was shown once, when it was made. Only a digest of it is kept.")
        yield Facts(title=_("API token"), pairs=pairs, note=note)

    # --- Making and revoking ---------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return ask(request, making(request))
        try:
            return self._made(request)
        except TokenRefused as error:
            return ask(request, making(request, error))

    @sensitive_variables("text")
    def _made(self, request: HttpRequest) -> HttpResponse:
        token, text = make_token(
            user=told_user(request),
            name=request.POST.get("name", ""),
            scope=request.POST.get("scope", ""),
            expires_at=told_end(request),
            maker=request.user,
        )
        self.log_addition(request, token, [{"added": {}}])
        context = admin.site.each_context(request) | {
            "title": _("The token “%(name)s”") % {"name": token.name},
            "text": text,
            "base_url": request.build_absolute_uri("/api/v1/"),
            "docs_url": reverse("api-docs"),
            "list_url": reverse(LIST),
        }
        request.current_app = admin.site.name
        return TemplateResponse(request, "admin/access/token_made.html", context)

    @action(description=gettext_lazy("Revoke this token"), permissions=["revoke"], icon="block")
    def revoke_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        token = self._found(request, object_id)
        if token is None:
            raise Http404
        page = reverse("admin:access_apitoken_change", args=[token.pk])
        if request.method != "POST":
            return ask(request, _revoking(token, page))
        if revoke(token, by=request.user):
            self.log_change(request, token, [{"changed": {"fields": ["revoked_at"]}}])
            told = _("The token “%(name)s” is revoked.") % {"name": token.name}
            messages.success(
                request, format_html("{} {}", told, cells.link(reverse(LIST), _("See all tokens")))
            )
        return redirect(page)


def _revoking(token: ApiToken, page: str) -> Question:
    return Question(
        title=f"{token.name}: {_('Revoke this token')}",
        sentences=[
            _("From now on a program that sends it is refused. This cannot be undone; a new one can be made.")
        ],
        facts=[(_("user"), cells.words(token.user)), (_("last used"), last_use(token))],
        submit=_("Revoke this token"),
        cancel_url=page,
        danger=True,
    )
