"""What every step has in common: who may, the line of steps, what went wrong, and a form or two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from inventory.admin.panels import Banner

from ... import connecting, connections
from ...errors import AuthError, SyncError
from ..confirm import Entry
from .progress import ATTENTION, DONE, STEPS, Standing, Step

PERMISSION = "zoho_sync.change_oauthtoken"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of several, in a form."""

    value: str
    label: object
    note: object = ""
    is_chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    """One thing that can be done here. verb: what the button sends. cost: about how many calls, in words.

    choices: radio buttons, or boxes where `many`; `name` is what they send. reason: why it cannot be done now;
    the button is then shown, and does nothing.
    """

    template = "admin/zoho_sync/connect/form.html"
    verb: str
    title: str
    submit: str
    sentences: Sequence[object] = ()
    entries: Sequence[Entry] = ()
    name: str = ""
    legend: str = ""
    choices: Sequence[Choice] = ()
    many: bool = False
    checks: Sequence[tuple[str, str]] = ()
    cost: str = ""
    reason: str = ""
    is_main: bool = True
    seen: int = 0


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Something to copy into Zoho, under its name."""

    label: str
    id: str
    text: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Copies:
    template = "admin/zoho_sync/connect/copies.html"
    title: str
    things: Sequence[Copy]
    steps: Sequence[object] = ()


@dataclass
class Visit:
    """One request to a step: the request, what is true, and what was wrong with what was typed, by field."""

    request: HttpRequest
    standing: Standing
    problem: connecting.Unusable | None = None
    told: dict[str, str] = field(default_factory=dict)

    def problem_of(self, name: str) -> str:
        return str(self.problem) if self.problem and self.problem.field == name else ""


@dataclass(frozen=True)
class Page:
    """A step. panels: what it shows. act: what its verbs do; it answers where to go, or None for the same step.

    keeps: names of what was typed that are shown again after a mistake; never a secret.
    """

    panels: Callable[[Visit], Sequence[object]]
    act: Callable[[HttpRequest, Standing, str], HttpResponse | None]
    verbs: Sequence[str]
    keeps: Sequence[str] = ()
    finish: Callable[[Visit, HttpResponse], HttpResponse] | None = None


def need_permission(request: HttpRequest) -> None:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied


def step_view(page, step: Step, shown: Page) -> Callable[[HttpRequest], HttpResponse]:
    @sensitive_post_parameters("client_secret", "code", "value")
    def view(request: HttpRequest) -> HttpResponse:
        need_permission(request)
        if request.method != "POST":
            return show(page, request, step, shown)
        verb = request.POST.get("verb", "")
        if verb == "abandon":
            return abandoned(request, step)
        if verb not in shown.verbs:
            messages.warning(
                request, _("Nothing was done: the page did not say what to do. Press a button again.")
            )
            return redirect(step.url)
        try:
            answer = shown.act(request, Standing(), verb)
        except connecting.Unusable as error:
            told = {name: request.POST.get(name, "") for name in shown.keeps}
            return show(page, request, step, shown, problem=error, told=told)
        except SyncError as error:
            messages.error(request, str(error))
            return redirect(step.url)
        return answer or redirect(step.url)

    return view


def abandoned(request: HttpRequest, step: Step) -> HttpResponse:
    try:
        connecting.abandon(seen=seen_by(request), user=request.user)
    except SyncError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _("The new connection is given up. What was connected before is as it was.")
        )
    return redirect(step.url)


def seen_by(request: HttpRequest) -> int:
    """The version of the draft on which the form was made; -1, which never fits, for nonsense."""
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def show(page, request: HttpRequest, step: Step, shown: Page, *, problem=None, told=None) -> HttpResponse:
    visit = Visit(request, Standing(), problem, told or {})
    panels = [*common_banners(visit, step), *shown.panels(visit)]
    answer = render(page, request, visit.standing, panels, current=step, title=str(step.label))
    return shown.finish(visit, answer) if shown.finish else answer


def render(
    page,
    request: HttpRequest,
    standing: Standing,
    panels: Sequence[object],
    *,
    current: Step | None,
    title: str,
) -> TemplateResponse:
    context = page.admin_site.each_context(request) | {
        "title": _("Connect Zoho: %(step)s") % {"step": title} if current else title,
        "panels": panels,
        "steps": line(standing, current),
        "after": after(standing, current),
        "seen": standing.version,
        "is_making": bool(standing.draft) and not standing.is_environment,
    }
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/zoho_sync/connect/page.html", context)


def line(standing: Standing, current: Step | None) -> list[dict]:
    """Every step with its state; the first one that is not done is the one to take now."""
    upcoming = standing.next_step
    words = {"done": _("complete"), "attention": _("look here"), "now": _("now"), "later": _("later")}
    found = []
    for number, step in enumerate(STEPS, start=1):
        state = standing.states[step.name]
        mood = state if state in (DONE, ATTENTION) else "now" if step is upcoming else "later"
        found.append(
            {
                "number": number,
                "label": step.label,
                "url": step.url,
                "mood": mood,
                "state": words[mood],
                "is_here": step is current,
            }
        )
    return found


def after(standing: Standing, current: Step | None) -> dict | None:
    """The step that follows, as a link, once this one is done."""
    if current is None or standing.states[current.name] != DONE:
        return None
    place = STEPS.index(current) + 1
    if place == len(STEPS):
        return None
    return {"label": STEPS[place].label, "url": STEPS[place].url}


def common_banners(visit: Visit, step: Step) -> list[Banner]:
    standing, found = visit.standing, []
    if standing.is_environment and step.name in ("data_center", "client", "consent", "organization"):
        found.append(
            Banner(
                text=_(
                    "The ZOHO_… variables of the environment name the connection, and go before whatever is entered "
                    "here. To connect on these pages, remove ZOHO_REFRESH_TOKEN from the environment and start again."
                ),
                mood="busy",
            )
        )
    address, foreign = "", ""
    try:
        address = connections.stand_in(standing.region or "com")
    except AuthError as error:
        foreign = str(error)
    if foreign:
        found.append(Banner(text=foreign, mood="bad"))
    if address and step.name in ("data_center", "consent"):
        text = _("%(address)s stands in for Zoho (ZOHO_ACCOUNTS_URL, or ZOHO_SANDBOX).") % {
            "address": address
        }
        found.append(Banner(text=text, mood="busy"))
    if (
        step.name not in ("data_center", "client", "consent", "organization")
        and standing.organization is None
    ):
        next_step = standing.next_step
        found.append(
            Banner(
                text=_("First connect an organisation: this step reads it."),
                mood="warn",
                url=next_step.url if next_step else "",
                action=_("Go to the step “%(step)s”") % {"step": next_step.label} if next_step else "",
            )
        )
    return found


def locked(standing: Standing) -> str:
    """Why nothing of the connection itself can be changed here; "" when it can."""
    return _("The environment names the connection.") if standing.is_environment else ""


def unconnected(standing: Standing) -> str:
    """Why a step that reads the organisation cannot be taken yet; "" when it can."""
    return "" if standing.organization else _("No organisation is connected yet.")
