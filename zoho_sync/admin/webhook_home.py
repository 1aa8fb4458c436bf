"""What the home page says of webhooks of which none comes any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin.panels import Banner

from .. import status


def silence_banners(silent: Collection[status.SilentSubject]) -> Iterable[Banner]:
    names = list(dict.fromkeys(str(each.label) for each in silent))
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
