"""Step 1: where the organisation lives. A token of one data centre is worth nothing in another."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.admin import cells
from inventory.admin.panels import Facts

from ... import connecting, connections
from .frame import Choice, Form, Page, Visit, locked, seen_by
from .progress import STEPS, Standing

NAMES = {
    "com": gettext_lazy("United States"),
    "eu": gettext_lazy("Europe"),
    "in": gettext_lazy("India"),
    "com.au": gettext_lazy("Australia"),
    "jp": gettext_lazy("Japan"),
    "ca": gettext_lazy("Canada"),
    "com.cn": gettext_lazy("China"),
    "sa": gettext_lazy("Saudi Arabia"),
    "uk": gettext_lazy("United Kingdom"),
}
ADDRESSES = {"ca": "zohocloud.ca"}


def address_of(region: str) -> str:
    return ADDRESSES.get(region, f"zoho.{region}")


def name_of(region: str) -> str:
    return str(NAMES.get(region, region))


def panels(visit: Visit) -> Sequence[object]:
    standing = visit.standing
    chosen = standing.region or "com"
    shown: list[object] = []
    if standing.region:
        pairs = [
            (_("data centre"), name_of(standing.region)),
            (_("address"), cells.ltr(address_of(standing.region))),
        ]
        shown.append(Facts(title=_("Chosen"), pairs=pairs))
    shown.append(
        Form(
            verb="choose",
            title=_("Where does your organisation live?"),
            sentences=[
                _(
                    "Open Zoho Inventory and look at the end of its address: inventory.zoho.com lives in the United "
                    "States, inventory.zoho.eu in Europe. Nothing is asked of Zoho in this step."
                )
            ],
            name="region",
            legend=_("Data centre"),
            choices=[
                Choice(
                    value=region,
                    label=name_of(region),
                    note=cells.ltr(address_of(region)),
                    is_chosen=region == chosen,
                )
                for region in connections.REGION_NAMES
            ],
            submit=_("Choose this data centre"),
            reason=locked(standing),
            seen=standing.version,
        )
    )
    return shown


def act(request: HttpRequest, standing: Standing, verb: str) -> HttpResponse:
    connecting.choose_region(request.POST.get("region", ""), seen=seen_by(request), user=request.user)
    messages.success(request, _("The data centre is chosen."))
    return redirect(STEPS[1].url)


PAGE = Page(panels, act, ("choose",))
