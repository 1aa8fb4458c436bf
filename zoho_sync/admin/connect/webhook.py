"""Step 8: a secret for webhooks, shown once, with what to press in Zoho."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables

from inventory.admin.panels import Banner

from ... import connecting
from ...models import WebhookSecret
from ...webhooks.keys import make_secret
from ..confirm import Entry
from ..secret_forms import LIST, Unusable, made_once, told_name
from ..secrets import environment_banner
from ..webhook_setup import SETUP, base_url, rules, steps, unreachable
from .frame import Copies, Form, Page, Visit, unconnected
from .progress import STEPS, Standing


def panels(visit: Visit) -> Sequence[object]:
    standing = visit.standing
    shown: list[object] = []
    if problem := unreachable(base_url(visit.request)):
        shown.append(Banner(text=problem, mood="warn"))
    if settings.WEBHOOKS["SECRET"]:
        shown.append(environment_banner())
    if standing.secrets_count:
        text = ngettext(
            "%(count)s secret is accepted. It is not shown again; make a new one if it was lost.",
            "%(count)s secrets are accepted. They are not shown again; make a new one if they were lost.",
            standing.secrets_count,
        ) % {"count": standing.secrets_count}
        shown.append(Banner(text=text, mood="good", url=reverse(LIST), action=_("All secrets")))
    shown += [
        Form(
            verb="make",
            title=_("Make a secret"),
            sentences=[
                _(
                    "Zoho signs each webhook with it, so that nobody else can send one. It is shown once, on the next "
                    "page: have Zoho open in another tab."
                )
            ],
            entries=[
                Entry(
                    name="name",
                    label=_("Name"),
                    value=visit.told.get("name", "") or timezone.localdate().isoformat(),
                    help=_("By it you tell secrets apart later."),
                    problem=visit.problem_of("name"),
                )
            ],
            submit=_("Make it"),
            reason=unconnected(standing)
            or ("" if may_make(visit.request) else _("You may not make secrets.")),
        ),
        Copies(title=_("The webhook in Zoho"), things=[], steps=steps()),
        Copies(title=_("The rules that call it"), things=[], steps=rules()),
        Banner(
            text=_("The address of each module, and a test delivery, are on a page of their own."),
            mood="busy",
            url=reverse(SETUP),
            action=_("Set up webhooks"),
        ),
    ]
    return shown


def may_make(request: HttpRequest) -> bool:
    return request.user.has_perm("zoho_sync.add_webhooksecret")


@sensitive_variables("plain")
def act(request: HttpRequest, standing: Standing, verb: str) -> HttpResponse | None:
    if standing.organization is None or not may_make(request):
        raise connecting.Unusable("name", unconnected(standing) or _("You may not make secrets."))
    organization = standing.organization
    try:
        name = told_name(request)
        row, plain = made_once(lambda: make_secret(organization, name, user=request.user))
    except Unusable as error:
        raise connecting.Unusable("name", str(error)) from error
    admin.site.get_model_admin(WebhookSecret).log_addition(request, row, [{"added": {}}])
    context = admin.site.each_context(request) | {
        "title": _("The secret “%(name)s”") % {"name": row.name},
        "plain": plain,
        "former": None,
        "former_end": "",
        "setup_url": reverse(SETUP),
        "list_url": reverse(LIST),
        "next_url": STEPS[8].url,
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/zoho_sync/secret_made.html", context)


PAGE = Page(panels, act, ("make",), keeps=("name",))
