"""Step 4: which organisation is mirrored. The connection is stored here, after two calls that prove it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Banner, Facts

from ... import connecting, mixing
from ..connection_facts import connection_facts
from .frame import Choice, Form, Page, Visit, locked, seen_by
from .progress import STEPS, Standing


def panels(visit: Visit) -> Sequence[object]:
    standing = visit.standing
    shown: list[object] = []
    if standing.organization is not None:
        shown.append(connection_facts(standing.organization))
    draft = standing.draft
    if draft is None or not draft.consented_at:
        if standing.organization is None or draft is not None:
            shown.append(waiting(standing))
        else:
            shown.append(other_one(standing))
        return shown
    found = draft.found
    if found is None:
        shown.append(ask_again(standing, _("Zoho was not asked yet which organisations can be read.")))
    elif not found:
        text = _(
            "These credentials read no organisation. Give consent as a user who belongs to the organisation, in its "
            "data centre."
        )
        shown += [Banner(text=text, mood="bad", url=STEPS[2].url, action=_("Go to the consent"))]
        shown.append(ask_again(standing, _("If the user was invited only just now, ask once more.")))
    else:
        shown.append(choosing(standing, found))
        shown.append(
            ask_again(standing, _("Is it not in the list? Ask once more, or give consent as another user."))
        )
    return shown


def waiting(standing: Standing) -> Banner:
    return Banner(
        text=_("Which organisations there are is known after the consent."),
        mood="warn",
        url=STEPS[2].url,
        action=_("Go to the consent"),
    )


def other_one(standing: Standing) -> Facts:
    text = _("To connect anew, or as another user, begin with the consent. This connection works until then.")
    if standing.organization is not None and mixing.is_mirrored(standing.organization):
        text += " " + _("Another organisation cannot be chosen: rows of this one are here.")
    return Facts(title=_("Change it"), pairs=[], note=text)


def choosing(standing: Standing, found: list[dict]) -> Form:
    chosen = standing.organization.external_id if standing.organization else ""
    proposed = chosen or next(
        (each["external_id"] for each in found if each["is_default"]), found[0]["external_id"]
    )
    replaced = [each for each in mixing.replaced_by("") if len(found) > 1 or each.external_id != proposed]
    sentences = [_("Only what belongs to it is read. The connection is stored when both calls have worked.")]
    if replaced:
        sentences.append(
            _("Nothing of %(names)s is mirrored; if you choose another one, it is disconnected.")
            % {"names": ", ".join(map(str, replaced))}
        )
    return Form(
        verb="choose",
        title=_("Choose the organisation"),
        sentences=sentences,
        name="organization",
        legend=_("Organisation"),
        choices=[
            Choice(
                value=each["external_id"],
                label=cells.words(each["name"] or each["external_id"]),
                note=cells.ltr(each["external_id"]),
                is_chosen=each["external_id"] == proposed,
            )
            for each in found
        ],
        submit=_("Connect this organisation"),
        cost=_("2 calls"),
        reason=locked(standing),
        seen=standing.version,
    )


def ask_again(standing: Standing, sentence: str) -> Form:
    return Form(
        verb="ask",
        title=_("Ask again"),
        sentences=[sentence],
        submit=_("Ask Zoho which there are"),
        cost=_("1 call"),
        reason=locked(standing),
        is_main=standing.draft is not None and standing.draft.found is None,
        seen=standing.version,
    )


def act(request: HttpRequest, standing: Standing, verb: str) -> HttpResponse | None:
    if verb == "ask":
        connecting.list_organizations(user=request.user)
        return None
    chosen = request.POST.get("organization", "")
    organization = connecting.choose(chosen, seen=seen_by(request), user=request.user)
    messages.success(request, _("Connected to %(name)s.") % {"name": organization})
    return redirect(STEPS[4].url)


PAGE = Page(panels, act, ("choose", "ask"))
