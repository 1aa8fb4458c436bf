"""The page "Set up webhooks": the address for every module, what to press in Zoho, and a test delivery."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.buttons import not_allowed
from inventory.admin.panels import Banner
from inventory.models import Organization

from ..models import WebhookSecret
from ..subjects import SUBJECTS, Subject
from ..webhooks.silence import last_seen
from .replays import may_replay
from .webhook_words import subject_name
from .words import entity_name

DOOR = "zoho_sync:api-zoho-webhooks-door"
SETUP = "admin:zoho_sync_webhookdelivery_setup"


def urls(page) -> list:
    def show(request: HttpRequest) -> HttpResponse:
        return setup_page(page, request)

    return [path("setup/", page.admin_site.admin_view(show), name="zoho_sync_webhookdelivery_setup")]


def base_url(request: HttpRequest) -> str:
    """Where Zoho finds us, without a slash at the end: the setting PUBLIC_URL, else what this browser uses."""
    return (settings.WEBHOOKS["PUBLIC_URL"] or request.build_absolute_uri("/")).rstrip("/")


def address_of(base: str, subject: Subject) -> str:
    return f"{base}{reverse(DOOR, args=[subject.doors[0]])}"


def setup_page(page, request: HttpRequest) -> HttpResponse:
    if not page.has_view_permission(request):
        raise PermissionDenied
    base = base_url(request)
    organizations = list(Organization.objects.all()[:20])
    context = page.admin_site.each_context(request) | {
        "title": _("Set up webhooks"),
        "panels": list(banners(request, base)),
        "rows": [address_row(base, subject, organizations) for subject in SUBJECTS.values()],
        "steps": steps(),
        "rules": rules(),
        "no_test": why_no_test(request, organizations),
        "organizations": [(str(each.pk), str(each)) for each in organizations]
        if len(organizations) > 1
        else [],
        "test_url": reverse("admin:zoho_sync_webhookdelivery_trial"),
        "subjects": [(each.name, subject_name(each.name)) for each in SUBJECTS.values()],
        "coverage_url": reverse("admin:zoho_sync_webhookdelivery_coverage"),
    }
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/zoho_sync/webhook_setup.html", context)


def why_no_test(request: HttpRequest, organizations: list[Organization]) -> str:
    """Why the button that sends a test cannot be pressed; "" when it can."""
    if not may_replay(request):
        return not_allowed()
    return "" if organizations else _("No company is connected yet, so there is no secret to sign with.")


def banners(request: HttpRequest, base: str) -> Iterable[Banner]:
    """What would keep the first webhook from coming in."""
    if problem := unreachable(base):
        yield Banner(text=problem, mood="warn")
    accepted = WebhookSecret.objects.exclude(expires_at__lte=timezone.now()).exists()
    if not accepted and not settings.WEBHOOKS["SECRET"]:
        may_make = request.user.has_perm("zoho_sync.add_webhooksecret")
        yield Banner(
            text=_("There is no secret yet, so every delivery would be refused. Begin with one."),
            mood="bad",
            url=reverse("admin:zoho_sync_webhooksecret_add"),
            action=_("Make a secret"),
            refused="" if may_make else not_allowed(),
        )


def unreachable(base: str) -> str:
    """Why Zoho could not deliver to this address; "" when nothing speaks against it."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    if is_local(host):
        return _(
            "Zoho cannot reach %(host)s: it is known only here. Put the address under which the internet knows this "
            "server into the setting PUBLIC_URL."
        ) % {"host": host}
    if parts.scheme != "https":
        return _(
            "This address begins with http, so what Zoho sends could be read and changed on its way. Put an https "
            "address into the setting PUBLIC_URL."
        )
    return ""


def is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return (
            host == "localhost"
            or host.endswith((".localhost", ".local", ".internal", ".test"))
            or "." not in host
        )


def address_row(base: str, subject: Subject, organizations: list[Organization]) -> dict:
    seen = max(filter(None, (last_seen(each, subject.name) for each in organizations)), default=None)
    return {
        "key": subject.name,
        "label": subject_name(subject.name),
        "address": address_of(base, subject),
        "reads": reads(subject),
        "state": cells.tag(_("coming"), "good") if seen else cells.tag(_("nothing yet"), "quiet"),
        "seen": cells.age(seen) if seen else "",
        "deliveries": f"{reverse('admin:zoho_sync_webhookdelivery_changelist')}?subject={subject.name}",
    }


def reads(subject: Subject) -> str:
    """What a delivery about it makes us read."""
    if subject.is_document:
        return _("the document itself, and stock and prices of the items in its lines")
    return entity_name(subject.entity)


def steps() -> list[str]:
    """The webhook itself, in Zoho's own words."""
    return [
        _("In Zoho, open Settings → Automation → Workflow Actions → Webhooks, and press New Webhook."),
        _("Give it a name, and choose the module from the table above."),
        _("Paste the address of that module as the URL, and choose the method POST."),
        _("Choose the default payload as the body. Nothing else has to be filled in."),
        _("Tick “I want to secure this webhook”, and paste the secret. Zoho never shows it again either."),
        _("Save it."),
    ]


def rules() -> list[str]:
    """What makes Zoho call the webhook."""
    return [
        _("Open Settings → Automation → Workflow Rules, and press New Workflow Rule."),
        _("Choose the same module, and “Created or edited”, every time. Leave the conditions empty."),
        _("As the action, choose Webhooks and the webhook that you have just saved. Save the rule."),
        _("Make a second rule of the same kind for “Deleted”."),
        _("Repeat both for every module: one webhook belongs to one module, one rule to one event."),
        _("Change something in Zoho and look here: within seconds its state becomes “coming”."),
    ]
