"""The tables of the sync: runs and what they left behind, the connection, and the calls it may make."""

from .calls import ApiUsage, CallSlot, FilterVerdict, RateBucket
from .changes import PlannedChange, RunChange
from .connecting import ConnectionCheck, ConnectionDraft, ConsentRequest
from .connection import OAuthToken
from .counts import SourceCount
from .events import Event, WorkerBeat
from .idempotency import IdempotencyKey
from .repairs import Repair
from .runs import RecordError, RunPage, SyncCheckpoint, SyncRun
from .truth import TruthCheck
from .webhooks import DoorBeat, WebhookDelivery, WebhookExpectation, WebhookGap, WebhookInbox, WebhookSecret

__all__ = [
    "ApiUsage",
    "CallSlot",
    "ConnectionCheck",
    "ConnectionDraft",
    "ConsentRequest",
    "DoorBeat",
    "Event",
    "FilterVerdict",
    "IdempotencyKey",
    "OAuthToken",
    "PlannedChange",
    "RateBucket",
    "RecordError",
    "Repair",
    "RunChange",
    "RunPage",
    "SourceCount",
    "SyncCheckpoint",
    "SyncRun",
    "TruthCheck",
    "WebhookDelivery",
    "WebhookExpectation",
    "WebhookGap",
    "WebhookInbox",
    "WebhookSecret",
    "WorkerBeat",
]
