"""Zoho users: who works there, in which role. A customer's owner is one of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import SourceUser

from .base import Field, Mapping, Processor, one_row
from .converters import equals, key
from .registry import register

mapping = Mapping(
    model=SourceUser,
    fields={
        "name": Field("name"),
        "email": Field("email"),
        "role": Field("user_role"),
        "role_external_id": Field("role_id", key),
        "kind": Field("user_type"),
        "status": Field("status"),
        "is_active": Field("status", equals("active")),
    },
)

users = register(
    Processor(
        entity="users",
        label=_("Users at the source"),
        mapping=mapping,
        path="users",
        list_key="users",
        id_key="user_id",
        detail_key="user",
        expand=one_row(mapping, "user_id"),
        params={"filter_by": "Status.All"},
        is_background=True,
        events=("user",),
    )
)
