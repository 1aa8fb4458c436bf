"""What the older doors are asked: six options that all may be missing, and how long to wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from inventory.api.filters import refuse_strange_parameters
from inventory.models import Organization

from ..options import MAX_BATCH, MIN_BATCH, SyncMode, SyncOptions
from .bodies import (
    Body,
    Flag,
    When,
    Whole,
    organization_named,
    refuse_future,
    takes_active_only,
    takes_since,
)

USUAL_WAIT, LONGEST_WAIT = 20, 50  # seconds
PARAMETERS = ("wait", "organization")
MOST_ORGANIZATIONS = 50
_WITH_STOCK = ("products", "stock")  # of these alone rows without stock can be left out
# Of everything together: price lists name inactive products too, and stock lies in inactive places; a part of these
# would make failures of rows that are good.
_FOUNDATIONS = ("warehouses", "products")


class BulkSync(Body):
    """Every field may be missing, and so may the body."""

    incremental = Flag(
        default=False,
        help_text="true: only what changed since the last good run; false: everything.",
    )
    modified_since = When(
        default=None,
        allow_null=True,
        help_text="With `incremental` only: what changed since this time instead. Price lists and warehouses are "
        "always read whole, which includes what changed.",
    )
    batch_size = Whole(
        default=100, min_value=MIN_BATCH, max_value=MAX_BATCH, help_text="Rows per page, ids per call."
    )
    active_only = Flag(
        default=True,
        help_text="Leave inactive records out. A run that leaves any out marks none as removed. `sync-all` reads "
        "products and warehouses whole in any case, because prices and stock refer to inactive ones too. Orders and "
        "other documents are never inactive; it changes nothing there.",
    )
    with_stock_only = Flag(
        default=True,
        help_text="Leave products without stock out: of `products`, `stock` and `items-with-stock`, and in `sync-all` "
        "of stock. Nothing else has stock to go by; it changes nothing there.",
    )
    sync_images = Flag(
        default=True,
        help_text="After the products, fetch the pictures that are due: new ones, and those that the source names "
        "otherwise now. They come in a run of their own, in the background within a budget of their own; the answer "
        "does not wait for them. Where products are not synced it changes nothing.",
    )

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        since = told["modified_since"]
        if since is not None and not told["incremental"]:
            sentence = _("It belongs to incremental runs; send incremental: true with it.")
            raise ValidationError({"modified_since": [sentence]})
        if since is not None:
            refuse_future(since, "modified_since")
        return told


def read_body(form: type[Body], request: Request) -> dict[str, Any]:
    """The fields that were posted, with their defaults. Raises ValidationError, naming each that is wrong."""
    data = {} if isinstance(request.data, QueryDict) else request.data  # nothing at all, sent as a form
    body = form(data=data, context={"request": request})
    body.is_valid(raise_exception=True)
    return body.validated_data


def read_wait(request: Request) -> int:
    """?wait=SECONDS. Raises ValidationError."""
    text = request.query_params.get("wait")
    if text is None:
        return USUAL_WAIT
    is_number = text.isascii() and text.isdigit() and len(text) <= 3
    if not is_number or int(text) > LONGEST_WAIT:
        told = _("A whole number of seconds from 0 to %(most)s is expected.") % {"most": LONGEST_WAIT}
        raise ValidationError({"wait": [told]})
    return int(text)


def read_organization(request: Request, *, beside: Sequence[str] = ()) -> Organization | None:
    """?organization=ID, of the source; needed only where several are connected. Raises ValidationError.

    beside: further parameters that the door takes; any other is refused.
    """
    refuse_strange_parameters(request, {*PARAMETERS, *beside})
    return organization_named(request.query_params.get("organization"))


def read_only_organization(request: Request, *, beside: Sequence[str] = ()) -> list[Organization]:
    """For a GET: the organisation that is named, else all. Raises ValidationError."""
    refuse_strange_parameters(request, {"organization", *beside})
    named = organization_named(request.query_params.get("organization"))
    return [named] if named else list(Organization.objects.order_by("pk")[:MOST_ORGANIZATIONS])


def options_of(
    told: dict[str, Any], entities: Sequence[str], *, everything: bool = False
) -> list[SyncOptions]:
    """What each entity's run is to do; an option goes where it has a meaning. everything: one run of each entity."""
    mode = SyncMode.INCREMENTAL if told["incremental"] else SyncMode.FULL
    whole = _FOUNDATIONS if everything else ()
    return [
        SyncOptions(
            entity=entity,
            mode=mode,
            since=told["modified_since"] if takes_since(entity) else None,
            batch_size=told["batch_size"],
            active_only=told["active_only"] and entity not in whole and takes_active_only(entity),
            with_stock_only=told["with_stock_only"] and entity in _WITH_STOCK and entity not in whole,
            sync_images=told["sync_images"] and entity == "products",
        )
        for entity in entities
    ]
