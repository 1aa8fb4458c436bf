"""The tables of the sync: runs and what they left behind, the connection, and the calls it may make."""

from .calls import ApiUsage, CallSlot, FilterVerdict, RateBucket
from .connection import OAuthToken
from .events import Event, WorkerBeat
from .idempotency import IdempotencyKey
from .runs import PlannedChange, RecordError, RunPage, SyncCheckpoint, SyncRun
from .webhooks import DoorBeat, WebhookDelivery, WebhookExpectation, WebhookGap, WebhookInbox, WebhookSecret

__all__ = [
    "ApiUsage",
    "CallSlot",
    "DoorBeat",
    "Event",
    "FilterVerdict",
    "IdempotencyKey",
    "OAuthToken",
    "PlannedChange",
    "RateBucket",
    "RecordError",
    "RunPage",
    "SyncCheckpoint",
    "SyncRun",
    "WebhookDelivery",
    "WebhookExpectation",
    "WebhookGap",
    "WebhookInbox",
    "WebhookSecret",
    "WorkerBeat",
]
