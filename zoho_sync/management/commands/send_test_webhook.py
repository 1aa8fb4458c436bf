from __future__ import annotations

import dataclasses
import time
from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoho_sync import connections, status
from zoho_sync.models import WebhookDelivery
from zoho_sync.subjects import DOORS, SUBJECTS
from zoho_sync.webhooks.trial import Stage, Trial, TrialRefused, send_test, stages

from .. import usage
from ..plain import Failed, PlainCommand, WrongUsage

WAIT_SECONDS = 30
_POLL_SECONDS = 0.25
_STYLES = {"done": "green", "failed": "red", "waiting": "yellow"}
Status = WebhookDelivery.Status


class Command(PlainCommand):
    help = gettext_lazy(
        "Send ourselves a signed webhook through real HTTP, and follow it until its record is read from Zoho and "
        "applied."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--subject",
            default="item",
            metavar="NAME",
            help=_("What it is about: %(names)s (default item).") % {"names": ", ".join(SUBJECTS)},
        )
        parser.add_argument(
            "--record", metavar="ID", help=_("The record's id in Zoho. Default: one that is mirrored.")
        )
        parser.add_argument(
            "--url",
            metavar="URL",
            help=_(
                "Where this back office answers. Default: the setting PUBLIC_URL, or the web server's own port."
            ),
        )
        parser.add_argument(
            "--wait",
            type=float,
            default=WAIT_SECONDS,
            metavar="SECONDS",
            help=_("Follow it so long at most (default %(seconds)s).") % {"seconds": WAIT_SECONDS},
        )
        parser.add_argument(
            "--organization", metavar="ID", help=_("Zoho's id of the organisation, when there are several.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        subject = _subject(options["subject"])
        record = _record(options["record"])
        if not 0 <= options["wait"] <= 3600:
            raise WrongUsage(_("--wait must be from 0 to 3600 seconds."))
        organization = connections.organization_for(options["organization"])
        try:
            trial = send_test(organization, url=options["url"], subject=subject, record_id=record)
        except TrialRefused as error:
            raise WrongUsage(str(error)) from error
        self._told: set[str] = set()
        self._say(_("To %(address)s, about %(subject)s %(id)s.") % {
            "address": trial.address, "subject": trial.subject, "id": trial.record_id
        })  # fmt: skip
        if trial.is_made_up:
            self._say(_("No such record is mirrored, so the id is made up."))
        self._show(trial.stages)
        found = self._follow(trial, options["wait"]) if trial.event_id else trial.stages
        self._conclude(trial, found)

    def _follow(self, trial: Trial, seconds: float) -> list[Stage]:
        """The stages as they are when nothing more will come, or nobody waits any longer."""
        deadline = time.monotonic() + seconds
        while True:
            found = [*trial.stages, *stages(trial.event_id)[len(trial.stages) :]]
            self._show(found)
            row = WebhookDelivery.objects.filter(event_id=trial.event_id).only("status").first()
            is_moving = row is not None and row.status in (Status.RECEIVED, Status.PROCESSING)
            if not is_moving or time.monotonic() >= deadline or not status.worker_alive():
                return found
            time.sleep(_POLL_SECONDS)

    def _show(self, found: list[Stage]) -> None:
        """Each stage once, when it has come or failed."""
        for stage in found:
            if stage.state != "waiting" and stage.name not in self._told:
                self._told.add(stage.name)
                self._say(_line(stage), _STYLES[stage.state])

    def _conclude(self, trial: Trial, found: list[Stage]) -> None:
        is_applied = found[-1].name == "applied" and found[-1].state == "done"
        missing = next((each for each in found if each.state != "done"), None)
        self.answer(
            {
                "applied": is_applied,
                "address": trial.address,
                "subject": trial.subject,
                "record_id": trial.record_id,
                "is_made_up": trial.is_made_up,
                "event_id": trial.event_id or None,
                "status_code": trial.status_code,
                "milliseconds": trial.milliseconds,
                "stages": [dataclasses.asdict(each) for each in found],
                "problem": None if missing is None else missing.words or _label(missing.name),
            }
        )
        if is_applied:
            self._say(_("It came through every stage: webhooks work."), "green")
            return
        if missing is None or missing.state == "failed":
            raise Failed(_("The test did not come through."))
        stage = {"stage": _label(missing.name)}
        words = missing.words or _(
            "It is not there yet; wait longer with --wait, or look at it in the admin."
        )
        raise Failed(_("Waiting for the stage “%(stage)s”.") % stage + " " + words)

    def _say(self, sentence: str, style: str = "") -> None:
        if not self.is_quiet:
            self.screen.say(sentence, style)


def _subject(word: str) -> str:
    if word in SUBJECTS:
        return word
    if word in DOORS:
        return DOORS[word].name
    facts = {"word": repr(word[:40]), "known": ", ".join(SUBJECTS)}
    raise WrongUsage(_("--subject: %(word)s is not known. Known: %(known)s.") % facts)


def _record(text: str | None) -> str | None:
    if text is None:
        return None
    found = usage.identifiers("--record", [text])
    if len(found) != 1:
        raise WrongUsage(_("--record takes one id."))
    return found[0]


def _line(stage: Stage) -> str:
    facts = {"stage": _label(stage.name), "words": stage.words}
    if stage.state == "failed":
        return _("✗ %(stage)s: %(words)s") % facts
    return _("✓ %(stage)s: %(words)s") % facts if stage.words else f"✓ {_label(stage.name)}"


def _label(name: str) -> str:
    return {
        "sent": _("Sent"),
        "answered": _("Answered"),
        "stored": _("Stored"),
        "queued": _("Queued"),
        "read": _("Read from Zoho"),
        "applied": _("Applied"),
    }[name]
