"""The buttons over a list and over a row's page: their words may name a cost, and one that cannot be pressed says why.

A button is never away without a word: where a state or a permission forbids it, it stays, cannot be pressed, and tells
the reason to eyes, fingers and screen readers (templates/admin/buttons/refused.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.dataclasses import UnfoldAction

from .panels import Custom


@dataclass(frozen=True)
class _Refused:
    """Stands for a button's method where it cannot be pressed; the skin reads only its attributes."""

    attrs: Mapping[str, Any]


class Buttons:
    """For an admin page of the skin.

    has_bar: a row has more buttons than the head of its page has room for; they stand in a bar, first on the page.
    """

    opts: Any
    admin_site: Any
    has_bar = False

    def button_words(self, request: HttpRequest, object_id: object) -> Mapping[str, str]:
        """{name of a row's button: its words}, of those whose words depend on the row, such as on the cost."""
        return {}

    def refusals(self, request: HttpRequest, object_id: object) -> Mapping[str, str]:
        """{name of a row's button: why it cannot be pressed now}."""
        return {}

    def list_button_words(self, request: HttpRequest) -> Mapping[str, str]:
        """The same as `button_words` for the buttons over the list."""
        return {}

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        return [] if self.has_bar else self.row_buttons(request, object_id)

    def row_buttons(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        base: Any = super()
        permitted = base.get_actions_detail(request, object_id)
        words, refused = self.button_words(request, object_id), self.refusals(request, object_id)
        return self._told(base._get_base_actions_detail(), permitted, words, refused)

    def bar(self, request: HttpRequest, object_id: Any) -> Custom:
        """Those that can be pressed stand first."""
        told: list[Any] = self.row_buttons(request, object_id)
        buttons = [
            {
                "title": each.description,
                "icon": each.icon,
                "attrs": each.method.attrs,
                "path": reverse(f"{self.admin_site.name}:{each.action_name}", args=[object_id]),
            }
            for each in sorted(told, key=lambda each: isinstance(each.method, _Refused))
        ]
        return Custom(template="admin/buttons/bar.html", values={"buttons": buttons})

    def get_actions_list(self, request: HttpRequest) -> list[UnfoldAction]:
        base: Any = super()
        permitted = base.get_actions_list(request)
        return self._told(base._get_base_actions_list(), permitted, self.list_button_words(request), {})

    def _told(
        self,
        every: Iterable[UnfoldAction],
        permitted: Iterable[UnfoldAction],
        words: Mapping[str, str],
        refused: Mapping[str, str],
    ) -> list[UnfoldAction]:
        allowed = {each.action_name for each in permitted}
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        told = []
        for each in every:
            name = each.action_name.removeprefix(prefix)
            why = refused.get(name, "") if each.action_name in allowed else not_allowed()
            method: Any = _Refused({"refused": why, "key": name}) if why else each.method
            told.append(replace(each, description=words.get(name, each.description), method=method))
        return told


def not_allowed() -> str:
    return _("Your role does not allow this. Ask an administrator.")
