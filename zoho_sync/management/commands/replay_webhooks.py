from __future__ import annotations

import re
import uuid
from collections import Counter
from datetime import datetime
from typing import Any

from django.core.management import CommandParser
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from rich import box
from rich.table import Table
from rich.text import Text

from inventory.models import Organization
from zoho_sync import status
from zoho_sync.models import WebhookDelivery
from zoho_sync.subjects import DOORS, SUBJECTS
from zoho_sync.webhooks.replay import replay, select

from .. import usage
from ..plain import Failed, PlainCommand, WrongUsage

Status = WebhookDelivery.Status
_SELECTORS = ("since", "until", "entity", "subject", "state", "id")
_NUMBER = re.compile(r"[0-9]{1,18}")


class Command(PlainCommand):
    help = gettext_lazy(
        "Put webhook deliveries back into the inbox: their records are read anew from Zoho, as if they had just come. "
        "What is named together has to fit together."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for flag, words in (
            ("--since", _("Those that arrived at this time or later, ISO 8601.")),
            ("--until", _("Those that arrived at this time or before, ISO 8601.")),
        ):
            parser.add_argument(flag, metavar="TIME", help=words)
        parser.add_argument(
            "--entity",
            metavar="NAME",
            help=_("What is read for them: %(names)s.") % {"names": ", ".join(_entities())},
        )
        parser.add_argument(
            "--subject",
            metavar="NAME",
            help=_("What they are about: %(names)s, or the last word of the address.")
            % {"names": ", ".join(SUBJECTS)},
        )
        parser.add_argument(
            "--state",
            action="append",
            metavar="STATE",
            help=_("Their state: %(names)s; several separated by commas.") % {"names": ", ".join(_states())},
        )
        parser.add_argument(
            "--id",
            action="append",
            metavar="ID,ID",
            help=_("Exactly these: their numbers, or event ids as they were answered, separated by commas."),
        )
        parser.add_argument("--all", action="store_true", help=_("Every delivery that is kept."))
        parser.add_argument(
            "--organization", metavar="ID", help=_("Only those of this organisation, by Zoho's id of it.")
        )
        parser.add_argument("--dry-run", action="store_true", help=_("Only tell which; replay nothing."))

    def handle(self, *args: Any, **options: Any) -> None:
        rows = _selected(options)
        states = Counter(dict(rows.order_by().values_list("status").annotate(Count("pk"))))
        count = states.total()
        busy = states[Status.PROCESSING]
        replayed = 0 if options["dry_run"] else replay(rows)
        self.answer(
            {
                "matched": count,
                "replayed": replayed,
                "states": dict(states),
                "is_dry_run": options["dry_run"],
                "worker_is_alive": status.worker_alive(),
            }
        )
        if count and not self.is_quiet:
            self.screen.print(_table(states))
        self._conclude(count, replayed, busy, is_dry=options["dry_run"])

    def _conclude(self, count: int, replayed: int, busy: int, *, is_dry: bool) -> None:
        if not count:
            self.screen.say(_("No delivery fits; there is nothing to replay."))
        elif is_dry:
            words = ngettext(
                "%(count)s delivery would be replayed.",
                "%(count)s deliveries would be replayed.",
                count - busy,
            )
            self.screen.say(words % {"count": f"{count - busy:,}"})
        elif not replayed:
            raise Failed(_("All of them are being applied at this moment; there is nothing to replay."))
        else:
            words = ngettext("%(count)s delivery replayed.", "%(count)s deliveries replayed.", replayed)
            self.screen.say(words % {"count": f"{replayed:,}"}, "green")
        if replayed and not status.worker_alive():
            self.screen.say(_("No worker is running: they wait until one starts."), "yellow")


def _selected(options: dict[str, Any]) -> QuerySet[WebhookDelivery]:
    """The deliveries that were asked for. Raises WrongUsage."""
    named = [f"--{name}" for name in _SELECTORS if options[name] is not None]
    if options["all"] and named:
        raise WrongUsage(_("--all and %(flag)s exclude each other.") % {"flag": named[0]})
    if not options["all"] and not named:
        raise WrongUsage(
            _("Name what is to be replayed, by %(flags)s; --all replays everything.")
            % {"flags": ", ".join(f"--{name}" for name in _SELECTORS)}
        )
    since, until = (_moment(options, name) for name in ("since", "until"))
    if since and until and since > until:
        raise WrongUsage(_("--since must not be later than --until."))
    return select(
        since=since,
        until=until,
        entity=_entity(options["entity"]),
        subject=_subject(options["subject"]),
        states=_chosen_states(options["state"]),
        ids=_keys(options["id"]),
        organization=_organization(options["organization"]),
    )


def _moment(options: dict[str, Any], name: str) -> datetime | None:
    return usage.moment(f"--{name}", options[name]) if options[name] is not None else None


def _entities() -> list[str]:
    return list(dict.fromkeys(each.entity for each in SUBJECTS.values()))


def _states() -> list[str]:
    return [state for state in Status.values if state != Status.PROCESSING]


def _entity(word: str | None) -> str:
    if word is not None and word not in _entities():
        raise _unknown("--entity", word, _entities())
    return word or ""


def _subject(word: str | None) -> str:
    if word is None:
        return ""
    if word in SUBJECTS:
        return word
    if word in DOORS:
        return DOORS[word].name
    raise _unknown("--subject", word, list(SUBJECTS))


def _chosen_states(texts: list[str] | None) -> tuple[str, ...]:
    if texts is None:
        return ()
    states = tuple(dict.fromkeys(each.strip() for text in texts for each in text.split(",")))
    for state in states:
        if state not in _states():
            raise _unknown("--state", state, _states())
    return states


def _keys(texts: list[str] | None) -> list[int]:
    """Keys of the deliveries that are named by number or event id. Raises WrongUsage for one that is not there."""
    if texts is None:
        return []
    keys = []
    for word in usage.identifiers("--id", texts):
        wanted: dict[str, Any] = {}
        if _NUMBER.fullmatch(word):
            wanted = {"pk": int(word)}
        else:
            try:
                wanted = {"event_id": uuid.UUID(word)}
            except ValueError:
                raise WrongUsage(
                    _("--id: %(word)s is neither a delivery's number nor an event id.") % {"word": repr(word)}
                ) from None
        found = WebhookDelivery.objects.filter(**wanted).values_list("pk", flat=True).first()
        if found is None:
            raise WrongUsage(_("There is no delivery %(id)s.") % {"id": word})
        keys.append(found)
    return keys


def _organization(external_id: str | None) -> Organization | None:
    if external_id is None:
        return None
    found = Organization.objects.filter(external_id=external_id[:64]).first()
    if found is None:
        raise WrongUsage(_("There is no organisation %(id)s.") % {"id": repr(external_id[:64])})
    return found


def _unknown(flag: str, word: str, known: list[str]) -> WrongUsage:
    facts = {"flag": flag, "word": repr(word[:40]), "known": ", ".join(known)}
    return WrongUsage(_("%(flag)s: %(word)s is not known. Known: %(known)s.") % facts)


def _table(states: Counter) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column(Text(_("State")))
    table.add_column(Text(_("Deliveries")), justify="right")
    for state in Status:
        if states[state]:
            note = _(" (left alone)") if state == Status.PROCESSING else ""
            table.add_row(Text(f"{state.label}{note}"), f"{states[state]:,}")
    return table
