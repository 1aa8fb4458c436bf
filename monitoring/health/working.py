"""What the mirror needs to stay fresh and true: workers, a token, clocks that agree, webhooks, the watch, the keys."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoho_sync import status
from zoho_sync.encryption import SecretUnreadable

from ..models import AlertChannel, Watch
from .findings import Finding, Health

CANARY = timedelta(seconds=90)
WATCH = timedelta(minutes=2)  # a round takes seconds, and one begins every ten
MOST_SKEW_SECONDS = 30.0  # leases, signatures and overlaps bear more; a person should know before they do not


def probe_worker() -> Finding:
    """A canary passes the queue four times a minute. That the queue is away is told at once, and not by silence."""
    seen_at = status.last_sign_of_life()
    if trouble := status.queue_trouble():
        return Finding(
            "worker",
            Health.DEGRADED,
            _("The queue does not answer, so queued runs wait: %(why)s") % {"why": trouble},
            since=seen_at,
            what_to_do=_(
                "Start Redis, or mend REDIS_URL. Nothing is lost: what waits is queued again by itself."
            ),
        )
    if seen_at is not None and timezone.now() - seen_at <= CANARY:
        age = (timezone.now() - seen_at).total_seconds()
        return Finding("worker", Health.OK, figure=_("%(seconds)s s ago") % {"seconds": round(age)})
    return Finding(
        "worker",
        Health.DEGRADED,
        _("No worker gives a sign of life, so queued runs wait. Start one: `make run` or `make worker`."),
        since=seen_at,
        what_to_do=_("Start a worker, or see in its log why it does not answer. Nothing that waits is lost."),
    )


def probe_token() -> Finding:
    """The worst of all connections; unknown until one of them was used."""
    tokens = status.tokens()
    refused = [each for each in tokens if each.is_refused]
    failing = [each for each in tokens if each.failing_since is not None]
    reconnect = _("Reconnect with `manage.py zoho_connect`. Webhooks are kept meanwhile.")
    if refused:
        first = refused[0]
        message = first.message or _("Zoho refuses the refresh token.")
        return Finding("token", Health.DEGRADED, message, first.failing_since, what_to_do=reconnect)
    if failing:
        first = failing[0]
        message = _("The access token cannot be refreshed: %(reason)s") % {"reason": first.failure}
        advice = _(
            "Nothing at first: it is tried again. If it lasts, see whether Zoho can be reached from here."
        )
        return Finding("token", Health.DEGRADED, message, first.failing_since, what_to_do=advice)
    used = [each for each in tokens if each.expires_at is not None]
    if not used:
        message = (
            _("The connection was not used yet.") if tokens else _("No organisation is connected to Zoho.")
        )
        advice = _("Start a first sync.") if tokens else _("Connect one with `manage.py zoho_connect`.")
        return Finding("token", Health.UNKNOWN, message, what_to_do=advice)
    newest = max(each.expires_at for each in used if each.expires_at)
    if newest <= timezone.now():  # nobody has needed one since: the next call gets one
        return Finding("token", Health.OK, figure=_("asleep: no call needs it"))
    minutes = round((newest - timezone.now()).total_seconds() / 60)
    return Finding("token", Health.OK, figure=_("%(minutes)s minutes left") % {"minutes": minutes})


def probe_clock() -> Finding:
    """Ours against the database's, and against Zoho's as its last answers told it."""
    told = status.clocks()
    known = [each for each in told if each.skew_seconds is not None]
    wrong = [each for each in known if abs(each.skew_seconds or 0) > MOST_SKEW_SECONDS]
    if wrong:
        first = max(wrong, key=lambda each: abs(each.skew_seconds or 0))
        text = (
            _("This machine's clock is %(seconds)s s ahead of %(whose)s clock.")
            if (first.skew_seconds or 0) > 0
            else _("This machine's clock is %(seconds)s s behind %(whose)s clock.")
        )
        whose = _("the database's") if first.is_database else _("Zoho's")
        message = text % {"seconds": round(abs(first.skew_seconds or 0)), "whose": whose}
        advice = _("Set the clock right, by NTP; leases and tokens are judged by it.")
        return Finding("clock", Health.DEGRADED, message, first.measured_at, what_to_do=advice)
    if not known:
        return Finding(
            "clock", Health.UNKNOWN, _("No other clock was seen yet: Zoho has not answered so far.")
        )
    most = max(abs(each.skew_seconds or 0) for each in known)
    return Finding("clock", Health.OK, figure=_("at most %(seconds)s s apart") % {"seconds": f"{most:.1f}"})


def probe_webhooks() -> Finding:
    """Dead letters wait for a person; a backlog that does not drain, or a silence, has a cause to be known."""
    inbox, sentences, since = status.inbox(), [], []
    if inbox.dead:
        sentences.append(
            ngettext(
                "%(count)s webhook delivery could not be applied and is tried no more. See why in the admin under "
                "“Webhook deliveries”, then replay it.",
                "%(count)s webhook deliveries could not be applied and are tried no more. See why in the admin under "
                "“Webhook deliveries”, then replay them.",
                inbox.dead,
            )
            % {"count": inbox.dead}
        )
    if inbox.late_since is not None:
        words = {
            "count": inbox.late,
            "since": date_format(timezone.localtime(inbox.late_since), "DATETIME_FORMAT"),
        }
        sentences.append(
            ngettext(
                "%(count)s webhook delivery waits to be applied, since %(since)s.",
                "%(count)s webhook deliveries wait to be applied, the oldest since %(since)s.",
                inbox.late,
            )
            % words
        )
        sentences += [inbox.reason] if inbox.reason else []
        since.append(inbox.late_since)
    for silent in status.silent_subjects():
        sentences.append(_("No webhook comes any more about: %(subjects)s.") % {"subjects": silent.label})
        since.append(silent.since)
    if sentences:
        return Finding("webhooks", Health.DEGRADED, " ".join(sentences), min(since, default=None))
    if not status.webhooks_known():
        return Finding("webhooks", Health.UNKNOWN, _("No webhook has come yet."))
    figure = _("%(count)s waiting") % {"count": inbox.waiting + inbox.processing + inbox.failed}
    return Finding("webhooks", Health.OK, figure=figure)


def probe_watch() -> Finding:
    """Whoever judges the rules and tells people; without it nobody is told of anything."""
    looked_at = max((each.looked_at for each in Watch.objects.all() if each.looked_at), default=None)
    if looked_at is None:
        return Finding(
            "watch", Health.UNKNOWN, _("The watch has never looked."), what_to_do=_("Start it: `make run`.")
        )
    age = timezone.now() - looked_at
    if age <= WATCH:
        seconds = round(age.total_seconds())
        return Finding("watch", Health.OK, figure=_("%(seconds)s s ago") % {"seconds": seconds})
    return Finding(
        "watch",
        Health.DEGRADED,
        _("Nobody has judged the alert rules for more than two minutes, so nobody is told of anything."),
        since=looked_at,
        what_to_do=_("Start it: `make run`, or `manage.py run_monitor`."),
    )


def probe_keys() -> Finding:
    """Secrets in the database can be read only under the key that they were written with."""
    readable, unreadable = status.secrets_readable()
    for key in AlertChannel.objects.exclude(secrets="").values_list("pk", flat=True)[:100]:
        try:
            AlertChannel.objects.only("secrets").get(pk=key)
            readable += 1
        except SecretUnreadable:
            unreadable += 1
    if unreadable:
        message = ngettext(
            "%(count)s stored secret cannot be read with today's keys.",
            "%(count)s stored secrets cannot be read with today's keys.",
            unreadable,
        )
        return Finding(
            "keys",
            Health.DEGRADED,
            message % {"count": unreadable},
            what_to_do=_(
                "Put the former key into ENCRYPTION_KEYS or SECRET_KEY_FALLBACKS, or enter the secrets again."
            ),
        )
    if not readable:
        return Finding("keys", Health.UNKNOWN, _("No secret is stored yet."))
    return Finding("keys", Health.OK, figure=_("%(count)s readable") % {"count": readable})
