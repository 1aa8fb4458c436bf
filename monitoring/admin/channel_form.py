"""The form of a channel: what all have in common, and the fields of its kind. A stored secret is never shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from zoho_sync.encryption import SecretUnreadable

from .. import channel_config
from ..channels import base
from ..channels.base import Channel, Field
from ..models import AlertChannel
from ..models.rules import SEVERITIES

COMMON = ("name", "is_on", "language", "severities", "takes_digest")
PREFIX = "setting_"  # so that no field of a kind hides one that all have
_SECRET = UnfoldAdminTextInputWidget(
    attrs={"type": "password", "autocomplete": "new-password", "dir": "ltr", "spellcheck": "false"}
)


class SecretWidget(forms.PasswordInput):
    """Never filled in, whatever was stored or typed."""

    template_name = _SECRET.template_name

    def __init__(self) -> None:
        super().__init__(attrs=_SECRET.attrs, render_value=False)


class ChannelForm(forms.ModelForm):
    """`kind` is set by `form_for`."""

    kind: Channel

    severities = forms.MultipleChoiceField(
        label=gettext_lazy("Severities"),
        choices=SEVERITIES,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "tsh-days"}),
        help_text=gettext_lazy(
            "Which alerts it takes; none ticked: all of them. Rules that name this channel do so whatever is ticked."
        ),
    )
    is_on = forms.BooleanField(
        label=gettext_lazy("On"), required=False, initial=True, widget=UnfoldBooleanSwitchWidget()
    )
    takes_digest = forms.BooleanField(
        label=gettext_lazy("Daily digest"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=gettext_lazy("Every morning what happened in the last 24 hours."),
    )

    class Meta:
        model = AlertChannel
        fields = COMMON

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._has = _stored(self.instance)
        for field in self.kind.fields:
            if (made := self.fields.get(PREFIX + field.name)) is None:
                continue  # a page that only shows
            if field.is_secret and field.name in self._has:
                made.required = False
                made.help_text = _("It is set. Leave it empty to keep it.")
            elif not field.is_secret:
                self.initial[PREFIX + field.name] = self.instance.config.get(field.name, field.default)

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self.instance.kind = self.kind.kind
        told = {field.name: values.get(PREFIX + field.name) for field in self.kind.fields}
        if not self.errors:
            complete = told | {name: kept for name, kept in self._has.items() if not told.get(name)}
            for name, problem in self.kind.check(complete).items():
                self.add_error(PREFIX + name if PREFIX + name in self.fields else None, str(problem))
        if not self.errors:
            channel_config.put(self.instance, told)
        return values


def _stored(channel: AlertChannel) -> dict[str, str]:
    """Nothing when it cannot be read any more: then it has to be entered again."""
    try:
        return channel_config.secrets_of(channel)
    except SecretUnreadable:
        channel.secrets = ""
        return {}


def form_for(kind: Channel) -> type[ChannelForm]:
    made = {PREFIX + field.name: _input(field) for field in kind.fields}
    return type("ChannelForm", (ChannelForm,), {"kind": kind, **made})


def setting_names(kind: Channel) -> list[str]:
    return [PREFIX + field.name for field in kind.fields]


def _input(field: Field) -> forms.Field:
    common = {"label": field.label, "required": field.required, "help_text": field.help}
    if field.kind == "secret":
        return forms.CharField(widget=SecretWidget(), max_length=2000, **common)
    if field.kind == "number":
        return forms.IntegerField(widget=UnfoldAdminIntegerFieldWidget(), **common)
    if field.kind == "choice":
        choices = [*([] if field.required else [("", "—")]), *field.choices]
        return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget(), **common)
    attrs = {"dir": "ltr", "inputmode": "url"} if field.kind == "url" else {"dir": "auto"}
    return forms.CharField(widget=UnfoldAdminTextInputWidget(attrs=attrs), max_length=2000, **common)


def kind_of(name: str) -> Channel | None:
    try:
        return base.get(name)
    except LookupError:
        return None
