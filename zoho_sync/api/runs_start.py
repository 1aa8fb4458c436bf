"""The question "start a run": every combination that has no meaning is refused, and the field named that is wrong."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from inventory.models import Organization, Warehouse

from .. import services
from ..models import SyncRun
from ..options import MAX_BATCH, MIN_BATCH, SyncMode, SyncOptions, Trigger, WrongOption
from . import bodies
from .bodies import (
    Body,
    EntityName,
    ExternalId,
    Flag,
    ListOfIds,
    When,
    Whole,
    organization_named,
    refuse_future,
    takes_active_only,
    takes_since,
)

EVERYTHING = "all"
LARGEST_THRESHOLD = 1_000_000_000
_OF_EVERYTHING = {"entity", "mode", "batch_size", "dry_run", "anyway", "organization"}
_FIELDS = {"since": "modified_since"}  # ours: the API's
_MODES = gettext_lazy("One of full, incremental, realtime is expected.")


class StartRun(Body):
    """entity alone is an incremental run of it."""

    entity = EntityName(
        beside=EVERYTHING, help_text='A name from `/api/v1/entities/`, or "all" for one run of each.'
    )
    mode = serializers.ChoiceField(
        choices=SyncMode.choices,
        required=False,
        error_messages={"invalid_choice": _MODES},
        help_text="incremental if not said; realtime with `ids`, full with `low_stock`.",
    )
    ids = ListOfIds(required=False, help_text="Exactly these records, now.")
    modified_since = When(required=False, help_text="Incremental only: what changed since then.")
    batch_size = Whole(required=False, min_value=MIN_BATCH, max_value=MAX_BATCH, default=MAX_BATCH)
    active_only = Flag(
        default=False,
        help_text="Leave inactive records out; such a run draws no tombstones. Not for orders, invoices and other "
        "documents, of which none is inactive.",
    )
    with_stock_only = Flag(default=False, help_text="Stock and products: leave those without stock out.")
    warehouses = ListOfIds(required=False, help_text="Stock: in these only.")
    update_prices = Flag(
        default=False, help_text="Stock: take the products' own prices from the same answers."
    )
    low_stock = Flag(
        default=False, help_text="Stock: only products of which `threshold` or less can be sold."
    )
    threshold = Whole(required=False, min_value=0, max_value=LARGEST_THRESHOLD, help_text="10 if not said.")
    sync_images = Flag(
        default=False,
        help_text="Products: afterwards fetch the pictures that are due, in a run of their own.",
    )
    dry_run = Flag(default=False, help_text="Only plan: see the run's `changes`.")
    anyway = Flag(
        default=False,
        help_text="Start although the day's calls will not do; the run rests when they are spent.",
    )
    organization = ExternalId(required=False, help_text="The source's id of it, where several are connected.")

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        asked = set(self.initial_data)
        errors = _of_everything(told, asked) if told["entity"] == EVERYTHING else _of_one(told)
        if errors:
            raise ValidationError({name: [sentence] for name, sentence in errors.items()})
        if "modified_since" in told:
            refuse_future(told["modified_since"], "modified_since")
        return told


def start(request: Request) -> list[SyncRun]:
    """The runs that were asked for, queued. Raises ValidationError, and what `start_run` raises."""
    told = bodies.read(StartRun, request)
    organization = organization_named(told.get("organization"))
    if told["entity"] == EVERYTHING:
        return services.start_all(
            SyncMode(told.get("mode", SyncMode.INCREMENTAL)),
            trigger=Trigger.API,
            organization=organization,
            user=request.user,
            dry_run=told["dry_run"],
            batch_size=told["batch_size"],
            anyway=told["anyway"],
        )
    options = _options(told)
    _refuse_unknown_warehouses(options.warehouses, organization)
    return [
        services.start_run(
            options, trigger=Trigger.API, organization=organization, user=request.user, anyway=told["anyway"]
        )
    ]


def _of_everything(told: dict[str, Any], asked: set[str]) -> dict[str, Any]:
    """What cannot be said of all entities at once."""
    errors = {
        name: _("It means another thing for each entity; start them one by one.")
        for name in asked - _OF_EVERYTHING
    }
    if told.get("mode") == SyncMode.REALTIME:
        errors["mode"] = _("Chosen records belong to one entity.")
    return errors


def _of_one(told: dict[str, Any]) -> dict[str, Any]:
    """What SyncOptions would let pass, and would not obey."""
    errors: dict[str, Any] = {}
    if "ids" in told:
        for name in ("active_only", "with_stock_only", "low_stock"):
            if told[name]:
                errors[name] = _("With ids exactly these records are read; leave it out.")
    if "threshold" in told and not told["low_stock"]:
        errors["threshold"] = _("It goes with low_stock, and only there.")
    if "modified_since" in told and not takes_since(told["entity"]):
        errors["modified_since"] = _("This entity cannot be asked for what changed since a time.")
    if told["active_only"] and not takes_active_only(told["entity"]):
        errors["active_only"] = _("Nothing of this entity is inactive; leave it out.")
    if told.get("mode") == SyncMode.REALTIME and "ids" not in told:
        errors["ids"] = _("A realtime run reads the records that are named here.")
    return errors


def _options(told: dict[str, Any]) -> SyncOptions:
    usual = (
        SyncMode.REALTIME if told.get("ids") else SyncMode.FULL if told["low_stock"] else SyncMode.INCREMENTAL
    )
    values = {
        "entity": told["entity"],
        "mode": told.get("mode", usual),
        "ids": tuple(told.get("ids", ())),
        "since": told.get("modified_since"),
        "warehouses": tuple(told.get("warehouses", ())),
        "threshold": told.get("threshold", 10),
        **{name: told[name] for name in ("batch_size", "active_only", "with_stock_only", "update_prices")},
        **{name: told[name] for name in ("low_stock", "sync_images", "dry_run")},
    }
    try:
        return SyncOptions(**values)
    except WrongOption as error:
        sentence = f"{str(error)[:1].upper()}{str(error)[1:]}."
        raise ValidationError({_FIELDS.get(name, name): [sentence] for name in error.fields}) from error


def _refuse_unknown_warehouses(wanted: tuple[str, ...], organization: Organization | None) -> None:
    """A run of a misspelt warehouse would read everything and store nothing."""
    known = Warehouse.objects.live().filter(external_id__in=wanted)
    if organization is not None:
        known = known.filter(organization=organization)
    missing = sorted(set(wanted) - set(known.values_list("external_id", flat=True)))
    if missing:
        told = _("There is no warehouse %(ids)s.") % {"ids": ", ".join(missing[:10])}
        raise ValidationError({"warehouses": [told]})
