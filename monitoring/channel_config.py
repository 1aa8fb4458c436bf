"""A channel's settings: what is secret lies encrypted, the rest in the open; together they are what `send` is given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .channels import base
from .models import AlertChannel


def config_of(channel: AlertChannel) -> dict[str, Any]:
    """Both kinds of settings. Raises SecretUnreadable when the secrets were encrypted under a key that is gone."""
    return {**channel.config, **secrets_of(channel)}


def secrets_of(channel: AlertChannel) -> dict[str, str]:
    return json.loads(channel.secrets) if channel.secrets else {}


def put(channel: AlertChannel, values: Mapping[str, Any]) -> None:
    """Set the settings; a secret that is empty or missing stays as it is. Nothing is saved yet.

    Raises LookupError for a kind that is not known.
    """
    fields, secrets = base.get(channel.kind).fields, secrets_of(channel)
    for field in fields:
        if field.is_secret and values.get(field.name):
            secrets[field.name] = str(values[field.name])
    names = {field.name for field in fields if field.is_secret}
    kept = {name: value for name, value in secrets.items() if name in names}
    channel.secrets = json.dumps(kept) if kept else ""
    channel.config = {
        field.name: values[field.name]
        for field in fields
        if not field.is_secret and values.get(field.name) not in (None, "")
    }


def without_secrets(text: str, secrets: Mapping[str, str]) -> str:
    """The text with `***` wherever one of the secrets stood."""
    for value in sorted(secrets.values(), key=len, reverse=True):
        if len(value) >= 4:
            text = text.replace(value, "***")
    return text
