"""The first page: how far it is, what is connected, and where to go on."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from inventory.admin.panels import Banner

from ..connection_facts import connection_facts
from .frame import need_permission, render
from .progress import Standing


def view(page) -> Callable[[HttpRequest], HttpResponse]:
    def show(request: HttpRequest) -> HttpResponse:
        need_permission(request)
        standing = Standing()
        upcoming = standing.next_step
        panels: list[object] = []
        if upcoming is None:
            panels.append(
                Banner(text=_("Every step is done. Each can be taken again at any time."), mood="good")
            )
        else:
            panels.append(
                Banner(
                    text=_(
                        "Ten steps lead to a living copy. Each can be left and taken up again, by anybody who may; "
                        "nothing is lost in between."
                    ),
                    mood="busy",
                    url=upcoming.url,
                    action=_("Go on: %(step)s") % {"step": upcoming.label},
                )
            )
        if standing.organization is not None:
            panels.append(connection_facts(standing.organization))
        return render(page, request, standing, panels, current=None, title=_("Connect Zoho"))

    return show
