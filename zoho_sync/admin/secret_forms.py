"""What is typed to make or rotate a secret: the questions, and the answers checked. A refusal never repeats a value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from inventory.models import Organization

from ..models import WebhookSecret
from .confirm import Entry, Question
from .delivery_filters import local_moment

LIST = "admin:zoho_sync_webhooksecret_changelist"
OVERLAP = timedelta(days=7)  # proposed for a rotation: time enough to change every webhook in Zoho
NAME_LENGTH = 100


class Unusable(ValueError):
    """What was typed cannot be taken. `field`: which; the sentence says why."""

    def __init__(self, field: str, sentence: str):
        self.field = field
        super().__init__(sentence)


def making(told=None, error: Unusable | None = None) -> Question:
    organizations = [(str(each.pk), str(each)) for each in Organization.objects.all()[:50]]
    return Question(
        title=_("Make a secret"),
        sentences=[
            _("It is shown once, on the next page. Copy it into every webhook in Zoho that it shall sign.")
        ],
        entries=[
            named(told, error, proposal=timezone.localdate().isoformat()),
            Entry(
                name="value",
                label=_("A secret that is in use in Zoho already"),
                kind="password",
                required=False,
                left_to_right=True,
                help=_("Leave it empty, and a good one is made. Zoho takes 12 to 50 letters and digits."),
                problem=str(error) if error and error.field == "value" else "",
            ),
        ],
        choices=[("organization", _("Organisation"), organizations)] if len(organizations) > 1 else [],
        submit=_("Make it"),
        cancel_url=reverse(LIST),
    )


def rotating(secret: WebhookSecret, told=None, error: Unusable | None = None) -> Question:
    proposed = timezone.localtime(timezone.now() + OVERLAP)
    until = Entry(
        name="until",
        label=_("The old one is accepted until"),
        kind="datetime-local",
        left_to_right=True,
        value=(told or {}).get("until", "") or proposed.strftime("%Y-%m-%dT%H:%M"),
        help=_("By then the new one has to be in every webhook in Zoho."),
        problem=str(error) if error and error.field == "until" else "",
    )
    return Question(
        title=f"{secret.name}: {_('Rotate')}",
        sentences=[
            _(
                "A new secret is made and shown once. Until the end that you set here both are accepted, so that no "
                "delivery is refused while you change Zoho."
            )
        ],
        entries=[named(told, error, proposal=timezone.localdate().isoformat()), until],
        submit=_("Rotate"),
        cancel_url=reverse("admin:zoho_sync_webhooksecret_change", args=[secret.pk]),
    )


def named(told, error: Unusable | None, *, proposal: str) -> Entry:
    return Entry(
        name="name",
        label=_("Name"),
        value=(told or {}).get("name", "") or proposal,
        help=_("By it you tell secrets apart later."),
        problem=str(error) if error and error.field == "name" else "",
    )


def told_name(request: HttpRequest) -> str:
    name = " ".join(request.POST.get("name", "").split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise Unusable("name", _("Give it a name of 1 to %(most)s characters.") % {"most": NAME_LENGTH})
    return name


def told_organization(request: HttpRequest) -> Organization:
    chosen = request.POST.get("organization", "")
    rows = Organization.objects.filter(pk=chosen) if chosen.isdecimal() else Organization.objects.all()
    found = list(rows[:2])
    if len(found) != 1:
        sentence = (
            _("There are several organisations: choose one.") if found else _("No organisation is known yet.")
        )
        raise Unusable("name", sentence)
    return found[0]


def told_end(request: HttpRequest) -> datetime:
    try:
        until = local_moment(request.POST.get("until", ""))
    except (ValueError, OverflowError) as error:
        raise Unusable("until", _("Choose a day and a time.")) from error
    if until <= timezone.now():
        raise Unusable("until", _("Choose a time that is still to come."))
    return until


@sensitive_variables("made")
def made_once(make: Callable[[], tuple[WebhookSecret, str]]) -> tuple[WebhookSecret, str]:
    """Make a secret; what stands against it becomes Unusable, without the value."""
    try:
        with transaction.atomic():
            made = make()
    except IntegrityError as error:
        raise Unusable("name", _("There is a secret of this name already.")) from error
    except ValueError as error:
        raise Unusable("value", _("Zoho takes 12 to 50 letters and digits, and nothing else.")) from error
    return made
