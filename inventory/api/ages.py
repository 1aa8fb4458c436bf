"""How long ago something was, in the reader's words."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _


def age_text(value: datetime | None) -> str | None:
    """ "5 minutes ago", "just now", or "in 2 hours"; None stays None."""
    if value is None:
        return None
    now = timezone.now()
    if value > now:
        shown = _("in %(time)s") % {"time": timesince(now, value, depth=1)}
    elif (now - value).total_seconds() < 60:
        return _("just now")
    else:
        shown = _("%(time)s ago") % {"time": timesince(value, now, depth=1)}
    return shown.replace("\xa0", " ")
