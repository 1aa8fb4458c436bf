"""What can be done about findings: accept, ignore, assign, take up again; one from its page, or many from the list.
Each asks first, and acts by POST."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action

from ...integrity import decisions
from ...integrity.told import of_finding
from ...models import Finding
from .. import cells
from ..confirm import Entry, Question, ask

State = Finding.State
NOBODY = "nobody"


class Decisions:
    """For the admin of findings."""

    opts: Any
    actions = ("accept", "ignore", "assign", "take_up")
    actions_detail = ("accept_one", "ignore_one", "assign_one", "take_up_one")

    def has_decide_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("inventory.decide_finding")

    def refusals(self, request: HttpRequest, object_id: object) -> Mapping[str, str]:
        """What the finding's state does not allow."""
        key = str(object_id)
        found = Finding.objects.filter(pk=key).values_list("state", flat=True) if key.isdecimal() else ()
        state = next(iter(found), None)
        if state == State.CLOSED:
            over = _("It is closed: it is not so any more. If it returns, it opens by itself.")
            return dict.fromkeys(self.actions_detail, over)
        refused = {
            State.OPEN: ("take_up_one", _("It is open already.")),
            State.ACCEPTED: ("accept_one", _("It is accepted already.")),
            State.IGNORED: ("ignore_one", _("It is ignored already; the page says until when.")),
        }
        return dict([refused[State(state)]]) if state else {}

    # --- Many ------------------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Accept: true, and known"), permissions=["decide"])
    def accept(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._many(request, queryset, ACCEPT)

    @admin.action(description=gettext_lazy("Ignore: true, and of no matter"), permissions=["decide"])
    def ignore(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._many(request, queryset, IGNORE)

    @admin.action(description=gettext_lazy("Assign to somebody"), permissions=["decide"])
    def assign(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._many(request, queryset, ASSIGN)

    @admin.action(description=gettext_lazy("Take up again: they are open"), permissions=["decide"])
    def take_up(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._many(request, queryset, TAKE_UP)

    def _many(self, request: HttpRequest, rows: QuerySet, verb: Verb) -> HttpResponse | None:
        problems: Mapping[str, str] = {}
        if request.POST.get("confirmed") == "yes":
            problems = self._act(request, list(rows.order_by().values_list("pk", flat=True)), verb)
            if not problems:
                return None
        count = rows.order_by().values("pk").count()
        told = ngettext("%(count)s finding was chosen.", "%(count)s findings were chosen.", count)
        sentences = [told % {"count": cells.decimal_text(count)}, verb.meaning]
        address = reverse("admin:inventory_finding_changelist")
        hidden = [("action", verb.name), ("confirmed", "yes"), *chosen(request, rows)]
        return ask(request, verb.question(request, verb.title, sentences, address, hidden, problems))

    # --- One -------------------------------------------------------------------------------------

    @action(description=gettext_lazy("Accept this finding"), permissions=["decide"], icon="check")
    def accept_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, ACCEPT)

    @action(description=gettext_lazy("Ignore this finding"), permissions=["decide"], icon="notifications_off")
    def ignore_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, IGNORE)

    @action(description=gettext_lazy("Assign this finding"), permissions=["decide"], icon="person_add")
    def assign_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, ASSIGN)

    @action(description=gettext_lazy("Take up this finding again"), permissions=["decide"], icon="undo")
    def take_up_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._one(request, object_id, TAKE_UP)

    def _one(self, request: HttpRequest, object_id: str, verb: Verb) -> HttpResponse:
        finding = get_object_or_404(Finding, pk=object_id if str(object_id).isdecimal() else 0)
        page = reverse("admin:inventory_finding_change", args=[finding.pk])
        problems: Mapping[str, str] = {}
        if request.method == "POST":
            problems = self._act(request, [finding.pk], verb, finding)
            if not problems:
                return redirect(page)
        sentences = [of_finding(finding), verb.meaning]
        return ask(request, verb.question(request, verb.title, sentences, page, (), problems))

    def _act(
        self, request: HttpRequest, keys: Sequence[int], verb: Verb, finding: Finding | None = None
    ) -> Mapping[str, str]:
        """What is wrong with the form, by the entry's name; else it is done, or refused by a message."""
        try:
            count = verb.act(keys, request)
        except decisions.SenselessDecision as error:
            return {error.field: str(error)}
        except decisions.DecisionError as error:
            messages.warning(request, str(error))
            return {}
        told = ngettext("%(count)s finding: %(what)s.", "%(count)s findings: %(what)s.", count)
        text = told % {"count": cells.decimal_text(count), "what": verb.done}
        link = cells.link_to(finding, _("See it")) if finding else ""
        messages.success(request, format_html("{} {}", text, link))
        return {}


def chosen(request: HttpRequest, rows: QuerySet) -> list[tuple[str, str]]:
    """What the confirming form sends along, so that it means the very rows that were chosen."""
    if request.POST.get("select_across") == "1":
        some = rows.order_by().values_list("pk", flat=True)[:1]
        return [*((ACTION_CHECKBOX_NAME, str(pk)) for pk in some), ("select_across", "1")]
    return [(ACTION_CHECKBOX_NAME, pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)]


class Verb:
    """One decision: its words, what its form asks for, and what is done with that. Texts are lazy."""

    def __init__(
        self,
        name: str,
        title: Any,
        meaning: Any,
        done: Any,
        act: Callable[[Sequence[int], HttpRequest], int],
        asks: Callable[[HttpRequest, Mapping[str, str]], Mapping[str, Any]],
    ) -> None:
        self.name, self.title, self.meaning, self.done = name, title, meaning, done
        self.act, self._asks = act, asks

    def question(
        self,
        request: HttpRequest,
        title: Any,
        sentences: Sequence[object],
        back: str,
        hidden: Iterable[tuple[str, str]],
        problems: Mapping[str, str],
    ) -> Question:
        return Question(
            title=str(title),
            sentences=sentences,
            submit=str(title),
            cancel_url=back,
            hidden=hidden,
            **self._asks(request, problems),
        )


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[: decisions.LONGEST_NOTE]


def _note(request: HttpRequest, problems: Mapping[str, str]) -> Mapping[str, Any]:
    return {"entries": [Entry(name="note", label=_("Note"), value=_typed(request, "note"), required=False)]}


def _reason(request: HttpRequest, problems: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "entries": [
            Entry(
                name="reason",
                label=_("Reason"),
                value=_typed(request, "reason"),
                problem=problems.get("reason", ""),
                help=_("Others read it, also when they ask themselves in a year."),
            ),
            Entry(
                name="until",
                label=_("Until the end of"),
                kind="date",
                value=_typed(request, "until"),
                required=False,
                problem=problems.get("until", ""),
                help=_(
                    "Empty: as long as nothing that matters changes; the page of the finding says what does."
                ),
                left_to_right=True,
            ),
        ]
    }


def _owner(request: HttpRequest, problems: Mapping[str, str]) -> Mapping[str, Any]:
    people = [(str(each.pk), each.get_username()) for each in decisions.owners()]
    people.sort(key=lambda pair: pair[0] != str(request.user.pk))  # oneself first
    return {
        "choices": [("owner", _("Owner"), [*people, (NOBODY, _("nobody"))])],
        **_note(request, problems),
        **({"facts": [(_("problem"), problems["owner"])]} if "owner" in problems else {}),
    }


def _ignore(keys: Sequence[int], request: HttpRequest) -> int:
    return decisions.ignore(keys, request.user, _typed(request, "reason"), _end_of(_typed(request, "until")))


def _end_of(day: str) -> datetime | None:
    """The midnight after it, where the reader is. Raises SenselessDecision for what is no day."""
    if not day:
        return None
    try:
        told = datetime.combine(datetime.fromisoformat(day).date() + timedelta(days=1), time())
    except (ValueError, OverflowError):
        raise decisions.SenselessDecision("until", _("Say a day, such as 2026-12-31.")) from None
    return timezone.make_aware(told)


def _assign(keys: Sequence[int], request: HttpRequest) -> int:
    wanted = _typed(request, "owner")
    owner = next((each for each in decisions.owners() if str(each.pk) == wanted), None)
    if owner is None and wanted != NOBODY:
        raise decisions.SenselessDecision("owner", _("Choose one of the people in the list."))
    return decisions.assign(keys, request.user, owner, _typed(request, "note"))


ACCEPT = Verb(
    "accept",
    gettext_lazy("Accept"),
    gettext_lazy(
        "It is true and known, and not counted as new any more. It is closed by itself once it is not so."
    ),
    gettext_lazy("accepted"),
    lambda keys, request: decisions.accept(keys, request.user, _typed(request, "note")),
    _note,
)
IGNORE = Verb(
    "ignore",
    gettext_lazy("Ignore"),
    gettext_lazy(
        "It is true and of no matter: it is shown to those who ask for what is ignored, and to nobody else."
    ),
    gettext_lazy("ignored"),
    _ignore,
    _reason,
)
ASSIGN = Verb(
    "assign",
    gettext_lazy("Assign"),
    gettext_lazy("Who is named looks after it; it is shown to him under “Mine”."),
    gettext_lazy("assigned"),
    _assign,
    _owner,
)
TAKE_UP = Verb(
    "take_up",
    gettext_lazy("Take up again"),
    gettext_lazy("It is open again, as if nobody had decided about it."),
    gettext_lazy("open again"),
    lambda keys, request: decisions.reopen(keys, request.user, _typed(request, "note")),
    _note,
)
