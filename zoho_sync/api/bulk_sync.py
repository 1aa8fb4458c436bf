"""/api/zoho/bulk-sync/…: the doors that callers of the predecessor know, in front of today's runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.screens import OlderView
from inventory.models import Organization

from .. import connections, services, status
from ..errors import RunInProgress
from ..models import SyncRun
from ..options import Trigger
from ..processors import registry
from . import bulk_sync_words
from .bulk_sync_answer import answer, stand_of
from .bulk_sync_body import BulkSync, options_of, read_body, read_organization, read_wait
from .idempotency import REPLAYED, answered_once
from .refusals import Conflict, refusals
from .waiting import wait_for

START, VIEW = "zoho_sync.start_syncrun", "zoho_sync.view_syncrun"


class StartingView(OlderView):
    """Starts runs, waits for them as long as the visitor wants to, and tells how they stand then."""

    permissions = {"post": (START,)}

    def started_and_told(
        self,
        request: Request,
        start: Callable[[], Sequence[SyncRun]],
        *,
        wait: int,
        by_entity: bool = False,
    ) -> Response:
        """Raises Conflict, with the figures of the run that stands in the way, and what idempotency.py raises.

        Asked again with the same Idempotency-Key, it starts nothing and tells how the same runs stand by now.
        """
        kept = answered_once(request, lambda: self._started(request, start), beside=("wait",))
        keys = [int(key) for key in kept.data["runs"]]
        if status.worker_alive():  # else nobody would end the waiting
            wait_for(keys, wait)
        found = SyncRun.objects.in_bulk(keys)
        told = answer([found[key] for key in keys], request, by_entity=by_entity)
        if REPLAYED in kept:
            told[REPLAYED] = kept[REPLAYED]
        return told

    @staticmethod
    def _started(request: Request, start: Callable[[], Sequence[SyncRun]]) -> Response:
        """The runs' ids: what a key is kept with."""
        with refusals(request):
            try:
                runs = start()
            except RunInProgress as error:
                busy = SyncRun.objects.filter(pk=error.run_id).first() if error.run_id else None
                more = stand_of(busy, request) if busy else {}
                raise Conflict(str(error), "run_in_progress", **more) from error
        return Response({"runs": [str(run.pk) for run in runs]}, status=202)


class BulkSyncView(StartingView):
    """entities: one run of each, started together; none: of all that do not follow another by themselves."""

    entities: tuple[str, ...] = ()
    by_entity = False

    def post(self, request: Request) -> Response:
        organization = read_organization(request)
        wait, told = read_wait(request), read_body(BulkSync, request)
        return self.started_and_told(
            request,
            lambda: self._start(request, organization, told),
            wait=wait,
            by_entity=self.by_entity,
        )

    def _start(
        self, request: Request, organization: Organization | None, told: dict[str, Any]
    ) -> list[SyncRun]:
        entities = self.entities or registry.together()
        options = options_of(told, entities, everything=not self.entities)
        asked: dict[str, Any] = {
            "trigger": Trigger.API,
            "organization": connections.organization_for(organization.external_id if organization else None),
            "user": request.user,
        }
        if len(options) == 1:
            return [services.start_run(options[0], **asked)]
        return services.start_together(options, **asked)


@bulk_sync_words.door("products", "Sync products")
class BulkProducts(BulkSyncView):
    entities = ("products",)


@bulk_sync_words.door("customers", "Sync customers")
class BulkCustomers(BulkSyncView):
    entities = ("customers",)


@bulk_sync_words.door("pricelists", "Sync price lists with their prices")
class BulkPriceLists(BulkSyncView):
    entities = ("price_lists",)


@bulk_sync_words.door("stock", "Sync stock per warehouse")
class BulkStock(BulkSyncView):
    entities = ("stock",)


@bulk_sync_words.door("items_with_stock", "Sync products, then their stock per warehouse")
class BulkItemsWithStock(BulkSyncView):
    """Two runs in one group; the answer tells their sums."""

    entities = ("products", "stock")


def _door_of(entity: str) -> type[BulkSyncView]:
    """Of an entity that the predecessor did not know."""
    view = type(f"Bulk{entity.title().replace('_', '')}", (BulkSyncView,), {"entities": (entity,)})
    return bulk_sync_words.door(entity, f"Sync {entity.replace('_', ' ')}")(view)


# By their names in addresses: what neither is read with everything nor follows another entity by itself.
NEWER = {
    name.replace("_", "-"): name
    for name in registry.names()
    if registry.get(name).is_background and registry.get(name).lane in ("documents", "list")
}
NEWER_DOORS = {address: _door_of(entity) for address, entity in NEWER.items()}


@bulk_sync_words.door("sync_all", "Sync everything", by_entity=True)
class BulkEverything(BulkSyncView):
    by_entity = True
