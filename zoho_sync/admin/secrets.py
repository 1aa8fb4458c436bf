"""The secrets that sign webhooks: made here and shown once, rotated with two valid at a time, and ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from unfold.decorators import action, display

from inventory.admin import cells
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Banner, Facts
from inventory.models import Organization

from ..models import WebhookSecret
from ..webhooks.keys import end_secret, make_secret
from .confirm import Question, ask
from .secret_forms import LIST, Unusable, made_once, making, rotating, told_end, told_name, told_organization

SETUP = "admin:zoho_sync_webhookdelivery_setup"


def secret_tag(secret: WebhookSecret) -> object:
    if not secret.is_accepted:
        return cells.tag(_("ended"), "quiet")
    return cells.tag(_("being replaced"), "warn") if secret.expires_at else cells.tag(_("accepted"), "good")


class NameForm(forms.ModelForm):
    class Meta:
        model = WebhookSecret
        fields = ("name",)

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        same = WebhookSecret.objects.filter(organization=self.instance.organization_id, name=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a secret of this name already."))
        return name


@admin.register(WebhookSecret)
class WebhookSecretAdmin(PageAdmin):
    """No value is ever read here: lists and pages leave the column in the database."""

    when_empty = gettext_lazy(
        "There is no secret yet, so every delivery would be refused. Make one, and give it to Zoho."
    )
    form = NameForm
    list_display = ("name_cell", "state", "made", "used", "until")
    list_before_template = "admin/panels/above.html"
    list_select_related = ("organization", "created_by")
    actions_detail = ("rotate_one", "end_one")
    local_fields = ("name",)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("zoho_sync.add_webhooksecret")

    def has_rotate_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perms(["zoho_sync.add_webhooksecret", "zoho_sync.change_webhooksecret"])

    def has_end_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("zoho_sync.change_webhooksecret")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("secret")

    def refusals(self, request: HttpRequest, object_id: object) -> Mapping[str, str]:
        secret = _secrets().filter(pk=object_id).first() if str(object_id).isdigit() else None
        if secret and secret.is_accepted:
            return {}
        why = _("This secret is not accepted any more. Make a new one instead.")
        return {"rotate_one": why, "end_one": why}

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        banners = [environment_banner()] if settings.WEBHOOKS["SECRET"] else []
        return super().changelist_view(request, (extra_context or {}) | {"panels_above": banners})

    # --- List and page ---------------------------------------------------------------------------

    @display(description=gettext_lazy("name"), ordering="name")
    def name_cell(self, secret) -> object:
        several = Organization.objects.count() > 1
        return cells.stacked(
            cells.words(secret.name), cells.words(str(secret.organization)) if several else ""
        )

    @display(description=gettext_lazy("state"))
    def state(self, secret) -> object:
        return secret_tag(secret)

    @display(description=gettext_lazy("made"), ordering="created_at")
    def made(self, secret) -> object:
        who = cells.words(secret.created_by) if secret.created_by else ""
        return cells.stacked(cells.age(secret.created_at), who)

    @display(description=gettext_lazy("last used"), ordering="last_used_at")
    def used(self, secret) -> object:
        return cells.age(secret.last_used_at) if secret.last_used_at else _("never")

    @display(description=gettext_lazy("accepted until"), ordering="expires_at")
    def until(self, secret) -> object:
        return cells.moment(secret.expires_at)

    def get_panels(self, request: HttpRequest, obj: WebhookSecret) -> Iterable[object]:
        yield Facts(
            title=_("Secret"),
            pairs=[
                (_("state"), secret_tag(obj)),
                (_("organisation"), cells.link_to(obj.organization)),
                (_("made"), cells.moment(obj.created_at)),
                (_("made by"), cells.words(obj.created_by) if obj.created_by else cells.UNKNOWN),
                (_("last used"), cells.age(obj.last_used_at) if obj.last_used_at else _("never")),
                (_("accepted until"), cells.moment(obj.expires_at)),
            ],
            note=_(
                "Its value was shown once, when it was made. It is kept encrypted and is never shown again."
            ),
        )

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["show_save_and_add_another"] = False  # making one is a page of its own
        return super().render_change_form(request, context, add, change, form_url, obj)

    # --- Making ----------------------------------------------------------------------------------

    @method_decorator(sensitive_post_parameters("value"))
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return ask(request, making())
        try:
            return self._made(request)
        except Unusable as error:
            return ask(request, making(request.POST, error))

    @sensitive_variables("value", "plain")
    def _made(self, request: HttpRequest) -> HttpResponse:
        name, value = told_name(request), request.POST.get("value", "").strip() or None
        organization = told_organization(request)

        def make():
            return make_secret(organization, name, value=value, user=request.user)

        row, plain = made_once(make)
        self.log_addition(request, row, [{"added": {}}])
        return shown_once(request, row, plain, is_ours=value is None)

    # --- Rotating and ending ---------------------------------------------------------------------

    @action(description=gettext_lazy("Rotate this secret"), permissions=["rotate"], icon="autorenew")
    def rotate_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        secret = accepted_or_404(object_id)
        if request.method != "POST":
            return ask(request, rotating(secret))
        try:
            return self._rotated(request, secret)
        except Unusable as error:
            return ask(request, rotating(secret, request.POST, error))

    @sensitive_variables("plain")
    def _rotated(self, request: HttpRequest, secret: WebhookSecret) -> HttpResponse:
        name, until = told_name(request), told_end(request)

        def rotate():
            with transaction.atomic():
                made = make_secret(secret.organization, name, user=request.user)
                end_secret(secret, at=until)
                return made

        row, plain = made_once(rotate)
        self.log_addition(request, row, [{"added": {}}])
        self.log_change(request, secret, [{"changed": {"fields": ["expires_at"]}}])
        return shown_once(request, row, plain, is_ours=True, former=secret)

    @action(description=gettext_lazy("End this secret now"), permissions=["end"], icon="block")
    def end_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        secret = accepted_or_404(object_id)
        page = reverse("admin:zoho_sync_webhooksecret_change", args=[secret.pk])
        if request.method != "POST":
            meaning = _("From now on deliveries that it signs are refused, and lost for us.")
            question = Question(
                title=f"{secret.name}: {_('End this secret now')}",
                sentences=[meaning],
                facts=[(_("last used"), cells.age(secret.last_used_at))],
                submit=_("End this secret now"),
                cancel_url=page,
                danger=True,
            )
            return ask(request, question)
        end_secret(secret)
        self.log_change(request, secret, [{"changed": {"fields": ["expires_at"]}}])
        told = _("The secret “%(name)s” is not accepted any more.") % {"name": secret.name}
        messages.success(request, format_html("{} {}", told, cells.link(reverse(LIST), _("See all secrets"))))
        return redirect(page)


def _secrets() -> QuerySet:
    return WebhookSecret.objects.defer("secret").select_related("organization")


def accepted_or_404(object_id: str) -> WebhookSecret:
    now = timezone.now()
    known = _secrets().exclude(expires_at__lte=now)
    return get_object_or_404(known, pk=object_id if str(object_id).isdigit() else 0)


@sensitive_variables("plain")
def shown_once(
    request: HttpRequest,
    row: WebhookSecret,
    plain: str,
    *,
    is_ours: bool,
    former: WebhookSecret | None = None,
) -> HttpResponse:
    """The one page that holds a value: the answer to the form, which like every page here may not be cached."""
    context = admin.site.each_context(request) | {
        "title": _("The secret “%(name)s”") % {"name": row.name},
        "plain": plain if is_ours else "",  # who pasted it has it
        "former": former,
        "former_end": cells.moment(former.expires_at) if former else "",
        "setup_url": reverse(SETUP),
        "list_url": reverse(LIST),
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/zoho_sync/secret_made.html", context)


def environment_banner() -> Banner:
    return Banner(
        text=_("One more secret is accepted: the one in the setting ZOHO_WEBHOOK_SECRET."), mood="busy"
    )
