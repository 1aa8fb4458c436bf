"""Who may look at runs, failures and deliveries, who may start and repeat, and who decides."""

from __future__ import annotations

from tests.access.matrix import Row
from zoho_sync.models import RecordError, SyncRun, WebhookDelivery

LOOK = "401 403 403 200 200 200"
ROWS_OF = {"runs": SyncRun, "failures": RecordError, "deliveries": WebhookDelivery}
PARTS = ("changes", "failures", "calls")
DECISIONS = ("cancel", "pause", "resume", "approve", "reject", "apply")


def one(name: str, rest: str = ""):
    """The address of some row there is, whatever world stands around it."""
    return lambda world: (
        f"/api/v1/{name}/{ROWS_OF[name].objects.order_by('pk').values_list('pk', flat=True)[0]}/{rest}"
    )


def act(address: str, may: str = "400 400", **more) -> Row:
    """A POST that a viewer may not make. Its body is nonsense, so that who may is refused for that (400), whatever the
    state of the world, and nothing changes in it."""
    return Row(f"api/v1/{address}", "POST", f"401 403 403 403 {may}", body={"nonsense": 1}, **more)


ROWS = [
    *(Row(f"api/v1/{name}/", "GET", LOOK) for name in (*ROWS_OF, "events", "entities", "connection")),
    *(Row(f"api/v1/{name}/<int:pk>/", "GET", LOOK, path=one(name)) for name in ROWS_OF),
    *(Row(f"api/v1/runs/<int:pk>/{part}/", "GET", LOOK, path=one("runs", f"{part}/")) for part in PARTS),
    *(act(f"runs/<int:pk>/{name}/", path=one("runs", f"{name}/")) for name in (*DECISIONS, "retry-failures")),
    *(act(f"failures/<int:pk>/{name}/", path=one("failures", f"{name}/")) for name in ("retry", "ignore")),
    act("deliveries/<int:pk>/replay/", path=one("deliveries", "replay/")),
    *(act(address) for address in ("runs/", "failures/retry/", "deliveries/replay/")),
]
