"""What administrators set of a check, and what people ask of it; both lead to a job."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from .. import acts
from ..jobs import enqueue
from ..models import CheckState, Organization
from . import runs
from .base import Check

CHECK_ASKED = "inventory.tasks.check_asked"


def check_now(keys: Collection[str] = (), organizations: Collection[Organization] = ()) -> int:
    """Queue these checks, or all; returns how many that are. Should the job be lost, the next round by schedule takes
    them along. Raises registry.UnknownCheck."""
    asked = runs.ask(keys, organizations)
    if asked:
        enqueue(CHECK_ASKED)
    return asked


def change(check: Check, organization: Organization, *, is_on: bool, parameters: Mapping[str, Any]) -> bool:
    """Keep what `parameters.read_all` gave, and look anew. What a check that is switched off has found is closed.
    Returns whether anything is another now."""
    state = runs.states_of(organization, [check])[check.key]
    if state.is_on == is_on and state.parameters == dict(parameters):
        return False
    changes = {"is_on": (state.is_on, is_on), "parameters": (state.parameters, dict(parameters))}
    with transaction.atomic():
        CheckState.objects.filter(pk=state.pk).update(
            is_on=is_on, parameters=dict(parameters), versions={}, asked_at=timezone.now()
        )
        told = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
        acts.tell(CheckState, "changed", {state.pk: told})
        enqueue(CHECK_ASKED)
    return True
