"""Step 2: the client of Zoho's API console, with what has to be entered there. Its secret is never shown again."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Banner, Facts

from ... import connecting
from ..confirm import Entry
from ..connection_facts import masked
from ..webhook_setup import base_url
from .data_center import address_of
from .frame import Copies, Copy, Form, Page, Visit, locked, seen_by
from .progress import STEPS, Standing


def redirect_uri(request: HttpRequest) -> str:
    """Where Zoho sends the browser back to."""
    return base_url(request) + reverse("admin:zoho_sync_oauthtoken_connect_return")


def panels(visit: Visit) -> Sequence[object]:
    standing = visit.standing
    shown: list[object] = []
    is_set = bool(connecting.environment_client()[0])
    if is_set:
        text = _(
            "ZOHO_CLIENT_ID and ZOHO_CLIENT_SECRET are set in the environment, and go before what is entered here."
        )
        shown.append(Banner(text=text, mood="busy"))
    if standing.client_id:
        pairs = [
            (_("client id"), cells.ltr(masked(standing.client_id))),
            (_("client secret"), _("kept encrypted, never shown")),
        ]
        shown.append(Facts(title=_("Stored"), pairs=pairs))
    console = f"https://api-console.{address_of(standing.region or 'com')}"
    shown.append(
        Copies(
            title=_("In Zoho's API console"),
            steps=[
                cells.joined(
                    [
                        _("Open the console, and sign in as a user who may see the organisation:"),
                        link(console),
                    ],
                    " ",
                ),
                _(
                    "Press Add Client. Choose Server-based Applications to give consent with the browser; choose Self "
                    "Client to paste a code instead."
                ),
                _("For a server-based application enter the two addresses below, exactly as they are."),
                _("Copy the client id and the client secret into the form on this page."),
            ],
            things=[
                Copy(label=_("Homepage URL"), id="homepage", text=base_url(visit.request)),
                Copy(
                    label=_("Authorized redirect URI"),
                    id="redirect-uri",
                    text=redirect_uri(visit.request),
                    note=_("Zoho takes https addresses, and http only for localhost."),
                ),
            ],
        )
    )
    reason = locked(standing) or (_("The environment names the client.") if is_set else "")
    if not reason and not standing.region:
        reason = _("Choose the data centre first.")
    shown.append(
        Form(
            verb="store",
            title=_("Client"),
            entries=[
                Entry(
                    name="client_id",
                    label=_("Client id"),
                    value=visit.told.get("client_id", ""),
                    left_to_right=True,
                    help=_("It begins with 1000."),
                    problem=visit.problem_of("client_id"),
                ),
                Entry(
                    name="client_secret",
                    label=_("Client secret"),
                    kind="password",
                    left_to_right=True,
                    required=not standing.client_id,
                    help=_(
                        "It is kept encrypted and never shown again. Only the next step tells whether it is right."
                    ),
                    problem=visit.problem_of("client_secret"),
                ),
            ],
            submit=_("Store the client"),
            reason=reason,
            seen=standing.version,
        )
    )
    return shown


def link(url: str) -> object:
    return cells.link(url, cells.ltr(url.removeprefix("https://")))


def act(request: HttpRequest, standing: Standing, verb: str) -> HttpResponse:
    connecting.set_client(
        request.POST.get("client_id", ""),
        request.POST.get("client_secret", ""),
        seen=seen_by(request),
        user=request.user,
    )
    messages.success(request, _("The client is stored."))
    return redirect(STEPS[2].url)


PAGE = Page(panels, act, ("store",), keeps=("client_id",))
