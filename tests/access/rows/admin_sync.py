"""The sync's pages: every role looks, operators start, decide and repair, administrators configure."""

from __future__ import annotations

from tests.access.pages import CONFIGURERS, EVERYBODY, NOBODY, REPAIRERS, action, at, both, model, to

ENTITY = "admin/zoho_sync/syncrun/start/<str:entity>/<str:mode>/"
LIVE = "admin/zoho_sync/syncrun/<int:run_id>/live/"
DELIVERY = "admin/zoho_sync/webhookdelivery/"
TRIAL = f"{DELIVERY}setup/trial/"
STAGES = f"{TRIAL}<uuid:event_id>/"


def of_trial(rest: str = ""):
    return lambda world: f"/{TRIAL}{world.trial.event_id}/{rest}"


ROWS = [
    *(
        row
        for kind in (
            "syncrun",
            "recorderror",
            "plannedchange",
            "runchange",
            "oauthtoken",
            "webhookdelivery",
            "event",
        )
        for row in model("zoho_sync", kind)
    ),
    *both("admin/zoho_sync/syncrun/start/", to(REPAIRERS)),
    *both(ENTITY, to(REPAIRERS), to(REPAIRERS, 302), path="/admin/zoho_sync/syncrun/start/products/full/"),
    *both(LIVE, to(EVERYBODY), path=at(LIVE, "syncrun")),
    *(
        row
        for name in ("cancel", "pause", "resume", "retry_failures", "again_dry", "approve", "reject")
        for row in action("zoho_sync", "syncrun", name, REPAIRERS)
    ),
    *both(
        "admin/zoho_sync/syncrun/<path:object_id>/apply/",
        to(REPAIRERS),
        to(REPAIRERS, 302),
        path=at("admin/zoho_sync/syncrun/<path:object_id>/apply/", "dryrun"),
    ),
    *both(
        "admin/zoho_sync/syncrun/<path:object_id>/change/",
        to(EVERYBODY),
        to(NOBODY),
        path=at("admin/zoho_sync/syncrun/<path:object_id>/change/", "dryrun"),
    ),
    *(
        row
        for name in ("retry_one", "ignore_one")
        for row in action("zoho_sync", "recorderror", name, REPAIRERS)
    ),
    *both(f"{DELIVERY}setup/", to(EVERYBODY)),
    *both(f"{DELIVERY}coverage/", to(EVERYBODY)),
    *both(f"{DELIVERY}replay/", to(REPAIRERS), to(REPAIRERS, 302)),
    *both(f"{DELIVERY}replay/dead/", to(REPAIRERS), to(REPAIRERS, 302)),
    *action("zoho_sync", "webhookdelivery", "replay_one", REPAIRERS),
    *both(
        TRIAL, to(REPAIRERS, 302), to(REPAIRERS)
    ),  # back to the button; with POST, why nothing could be sent
    *both(STAGES, to(EVERYBODY), path=of_trial()),
    *both(f"{STAGES}live/", to(EVERYBODY), path=of_trial("live/")),
    *model("zoho_sync", "webhookexpectation", adds=CONFIGURERS, changes=CONFIGURERS, deletes=CONFIGURERS),
    *model("zoho_sync", "webhooksecret", adds=CONFIGURERS, changes=CONFIGURERS),
    *both(
        "admin/zoho_sync/webhooksecret/<path:object_id>/rotate_one/",
        to(CONFIGURERS),
        path=at("admin/zoho_sync/webhooksecret/<path:object_id>/rotate_one/", "webhooksecret"),
    ),
    *action("zoho_sync", "webhooksecret", "end_one", CONFIGURERS),
    *model(
        "django_q",
        "schedule",
        sees=CONFIGURERS,
        adds=CONFIGURERS,
        changes=CONFIGURERS,
        deletes=CONFIGURERS,
    ),
]
