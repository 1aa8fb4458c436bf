"""Of which tables the trail tells, and which of their columns: configuration, and what staff may write themselves.

The mirror's own changes have histories of their own, and are none of this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Field

from inventory.mirror import Mirrored


@dataclass(frozen=True)
class Told:
    """only: columns; none: all that a form may edit. silent: columns of them that nobody decides about.

    secret: columns of which only is told that they were changed. sets: many-to-many fields.
    whole: whether it is told too that a row was added or deleted.
    """

    only: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    whole: bool = True

    def columns(self, model: Any) -> list[Field]:
        named = self.only or tuple(
            each.name for each in model._meta.concrete_fields if each.editable and not each.primary_key
        )
        wanted = {*named, *self.secret} - {*self.silent}
        return [each for each in model._meta.concrete_fields if each.name in wanted]


CONFIGURED = {
    "auth.User": Told(silent=("last_login",), secret=("password",), sets=("groups", "user_permissions")),
    "auth.Group": Told(sets=("permissions",)),
    "access.ApiToken": Told(silent=("last_used_at", "last_used_from"), secret=("digest",)),
    "django_q.Schedule": Told(silent=("next_run", "task")),  # which the queue writes
    "zoho_sync.OAuthToken": Told(
        only=("organization", "region", "client_id"), secret=("client_secret", "refresh_token")
    ),
    "zoho_sync.WebhookSecret": Told(secret=("secret",)),
    "zoho_sync.WebhookExpectation": Told(),
    "monitoring.AlertRule": Told(sets=("channels",)),
    "monitoring.AlertChannel": Told(secret=("secrets",)),
}
NAMED_BY = {"django_q.Schedule": "name"}  # where the row's own word for itself is none for people


def name_of(row: Any) -> str:
    return str(getattr(row, NAMED_BY.get(row._meta.label, ""), "") or row)


def told() -> Iterator[tuple[Any, Told]]:
    for name, how in CONFIGURED.items():
        yield apps.get_model(name), how
    for model in apps.get_models():
        if issubclass(model, Mirrored) and model.LOCAL_FIELDS:
            yield model, Told(only=model.LOCAL_FIELDS, whole=False)
