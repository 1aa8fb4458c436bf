"""Step 3: consent, with the browser or by a self client's code; and the address that Zoho sends the browser to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from inventory.admin import cells
from inventory.admin.panels import Banner, Facts, Table

from ... import connecting, connections
from ...consents import FOR_DOCUMENTS, NEEDED, SCOPES, ask_consent, missing_scopes, take_answer
from ...errors import AuthError, SyncError
from ...models import OAuthToken
from ..confirm import Entry
from .client import redirect_uri
from .frame import Copies, Copy, Form, Page, Visit, locked, need_permission, seen_by
from .progress import STEPS, Standing


def panels(visit: Visit) -> Sequence[object]:
    standing = visit.standing
    shown: list[object] = [*banners(standing)]
    if facts := granted(standing):
        shown.append(facts)
    reason = locked(standing) or ("" if standing.client_id else _("Enter the client first."))
    shown += [
        Form(
            verb="ask",
            title=_("With the browser"),
            sentences=[
                _(
                    "For a server-based application. Zoho asks you to sign in and to accept, and sends you back here."
                ),
                _("The address to come back to has to be registered with the client, exactly like this:"),
                cells.ltr(redirect_uri(visit.request)),
            ],
            submit=_("Ask Zoho for consent"),
            cost=_("2 calls when you come back"),
            reason=reason,
            seen=standing.version,
        ),
        Copies(
            title=_("Or with a self client"),
            steps=[
                _("In the API console open the self client, and its tab Generate Code."),
                _("Paste the scopes, choose a duration of 10 minutes, and write any description."),
                _(
                    "Choose the organisation if it asks for one, press Create, and copy the code. It is good once."
                ),
            ],
            things=[
                Copy(label=_("Scopes that are needed"), id="scopes-needed", text=",".join(NEEDED)),
                Copy(
                    label=_("With those for webhooks about documents"),
                    id="scopes-all",
                    text=",".join(SCOPES),
                    note=_(
                        "Needed where a webhook about an invoice, a bill or a transfer does not name its items: the "
                        "document is read then, and its items after it."
                    ),
                ),
            ],
        ),
        Form(
            verb="redeem",
            title=_("The code of a self client"),
            entries=[
                Entry(
                    name="code",
                    label=_("Code"),
                    kind="password",
                    left_to_right=True,
                    help=_("It is good for the minutes chosen in the console, and once."),
                    problem=visit.problem_of("code"),
                )
            ],
            submit=_("Exchange the code"),
            cost=_("2 calls"),
            reason=reason,
            is_main=False,
            seen=standing.version,
        ),
        in_zohos_words(),
    ]
    return shown


def banners(standing: Standing) -> Sequence[Banner]:
    found, now, draft = [], timezone.now(), standing.draft
    if draft and draft.throttled_until and draft.throttled_until > now:
        text = _("Zoho issues no more tokens for now. Try again at %(time)s; before that nothing is sent.")
        found.append(Banner(text=text % {"time": cells.moment_text(draft.throttled_until)}, mood="warn"))
    if draft and draft.exchange_began_at:
        if draft.exchange_began_at > now - connecting.EXCHANGE:
            found.append(Banner(text=_("A code is being exchanged at this moment."), mood="busy"))
        else:
            text = _(
                "An exchange of a code began at %(time)s and never ended here, so that code is used up. Make a new one."
            )
            found.append(
                Banner(text=text % {"time": cells.moment_text(draft.exchange_began_at)}, mood="warn")
            )
    token = standing.token
    if token is not None and not draft and token.state == OAuthToken.State.REFUSED:
        found.append(Banner(text=cells.words(token.state_message), mood="bad"))
    return found


def granted(standing: Standing) -> Facts | None:
    """What was consented to, and what is missing of it."""
    told = standing.draft if standing.draft and standing.draft.consented_at else None
    source = told or (standing.token if not standing.draft else None)
    if source is None:
        return None
    pairs = [(_("scopes granted"), cells.ltr(source.scope.replace(",", ", ") or "?"))]
    if missing := missing_scopes(source.scope):
        pairs.append((_("missing: ask for consent again"), cells.tag(", ".join(missing), "bad")))
    elif source.scope and (rest := missing_scopes(source.scope, FOR_DOCUMENTS)):
        pairs.append((_("not granted, only for webhooks about documents"), cells.ltr(", ".join(rest))))
    if told:
        pairs.append((_("given"), cells.age(told.consented_at)))
    return Facts(title=_("Consent is given"), pairs=pairs)


def in_zohos_words() -> Table:
    """Zoho shows these itself, so the browser never comes back to tell."""
    return Table(
        title=_("If Zoho shows an error instead"),
        headers=[_("Zoho says"), _("what to do")],
        rows=[
            [
                cells.ltr("invalid_client"),
                _("The client belongs to another data centre, or was deleted. Check the first two steps."),
            ],
            [
                cells.ltr("invalid_redirect_uri"),
                _("Register the address shown above with the client in the API console, exactly as it is."),
            ],
            [
                cells.ltr("invalid_scope"),
                _("The plan has no such module. Use a self client with the needed scopes only."),
            ],
            [cells.ltr("access_denied"), _("Reject was pressed. Ask again, and press Accept.")],
        ],
        folded=True,
    )


def act(request: HttpRequest, standing: Standing, verb: str) -> HttpResponse:
    if verb == "ask":
        return ask(request)
    connecting.redeem(request.POST.get("code", ""), seen=seen_by(request), user=request.user)
    messages.success(request, _("Zoho took the code. Now choose the organisation."))
    return redirect(STEPS[3].url)


def ask(request: HttpRequest) -> HttpResponse:
    if connections.environment_rules():
        raise AuthError(_("The environment names the connection."))
    draft = connecting.started()
    url = ask_consent(draft, redirect_uri(request), user=request.user, session_key=session_of(request))
    return redirect(url)


def session_of(request: HttpRequest) -> str:
    return request.session.session_key or ""


def leads_to_zoho(visit: Visit, answer: HttpResponse) -> HttpResponse:
    """The form leads on to Zoho, which the policy of every other page forbids."""
    try:
        parts = urlsplit(connections.accounts_address(visit.standing.region or "com"))
    except AuthError:  # the settings name a foreign host, to which nobody is sent
        return answer
    allow = csp_update({"form-action": [f"{parts.scheme}://{parts.netloc}"]})
    return cast(HttpResponse, allow(lambda _request: answer)(visit.request))


def answer(page) -> Callable[[HttpRequest], HttpResponse]:
    @sensitive_variables("code")
    def view(request: HttpRequest) -> HttpResponse:
        """Zoho sends the browser here. Whatever comes of it, the address with the code is left behind at once."""
        need_permission(request)
        here = STEPS[2].url
        if request.method != "GET":
            return redirect(here)
        told = request.GET
        try:
            asked = take_answer(told.get("state", ""), user=request.user, session_key=session_of(request))
            if told.get("error"):
                raise AuthError(refusal_in_words(told["error"]))
            connecting.redeem(
                told.get("code", ""),
                seen=asked.draft_version,
                user=request.user,
                redirect_uri=asked.redirect_uri,
                location=told.get("location", ""),
                accounts_server=told.get("accounts-server", ""),
            )
        except SyncError as error:
            messages.error(request, str(error))
            return redirect(here)
        messages.success(request, _("Consent is given. Now choose the organisation."))
        return redirect(STEPS[3].url)

    return view


def refusal_in_words(error: str) -> str:
    if error == "access_denied":
        return _("Consent was refused at Zoho, so nothing has changed. Ask again, and press Accept.")
    return _("Zoho sent an error back instead of a code: %(error)s. Nothing has changed; ask again.") % {
        "error": error[:60]
    }


PAGE = Page(panels, act, ("ask", "redeem"), finish=leads_to_zoho)
