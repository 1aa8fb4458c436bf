"""What the home page says of webhooks: dead letters, what waits, and who is silent."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.panels import Banner, Figure
from inventory.models import Organization

from ..models import WebhookDelivery, WebhookExpectation
from .replays import dead_banner, dead_letters
from .webhook_words import open_query, subject_name


def may_see(request: HttpRequest) -> bool:
    return request.user.has_perm("zoho_sync.view_webhookdelivery")


def webhook_banners(request: HttpRequest) -> Iterable[Banner]:
    if not may_see(request):
        return
    if dead := dead_banner(request):
        yield dead
    silent = WebhookExpectation.objects.filter(is_expected=True, silent_since__isnull=False)
    names = [subject_name(each) for each in silent.values_list("subject", flat=True).distinct()]
    if names:
        text = ngettext(
            "No webhook comes any more about: %(subjects)s.",
            "No webhooks come any more about: %(subjects)s.",
            len(names),
        )
        url = reverse("admin:zoho_sync_webhookdelivery_coverage")
        yield Banner(
            text=text % {"subjects": ", ".join(names)}, mood="bad", url=url, action=_("See the coverage")
        )


def webhook_tiles(request: HttpRequest, organization: Organization) -> Iterable[Figure]:
    if not may_see(request):
        return
    waiting = WebhookDelivery.objects.filter(
        organization=organization, status__in=WebhookDelivery.OPEN
    ).count()
    dead = dead_letters(organization).count()
    text = ngettext("and %(count)s dead letter", "and %(count)s dead letters", dead)
    yield Figure(
        name=_("webhooks waiting"),
        value=cells.number(waiting),
        note=text % {"count": cells.decimal_text(dead)} if dead else "",
        mood="bad" if dead else "",
        url=f"{reverse('admin:zoho_sync_webhookdelivery_changelist')}?{open_query()}",
    )
