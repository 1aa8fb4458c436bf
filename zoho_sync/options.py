"""What a run is asked to do, in plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from .sentences import sentence

MIN_BATCH, MAX_BATCH = 10, 200
PICTURES = "pictures"  # the entity that `sync_images` starts


class SyncMode(models.TextChoices):
    FULL = "full", _("full")  # everything, then tombstones
    INCREMENTAL = "incremental", _("incremental")  # what changed since the watermark
    REALTIME = "realtime", _("real-time")  # the given ids


class Trigger(models.TextChoices):
    ADMIN = "admin", _("admin")
    COMMAND = "command", _("command")
    API = "api", _("API")
    SCHEDULE = "schedule", _("schedule")
    WEBHOOK = "webhook", _("webhook")
    RETRY = "retry", _("retry")  # of failed records
    BACKFILL = "backfill", _("gap after silence")  # of webhooks: what they did not tell is read by time
    FOLLOW_UP = "follow_up", _("follow-up")  # of another run: details after a list, a comparison's repair


class Priority(models.IntegerChoices):
    """Who may spend which part of the budget (zoho/limits.py)."""

    REALTIME = 1, _("real-time")  # may use the day's reserve
    NORMAL = 2, _("normal")  # leaves the reserve
    BACKGROUND = 3, _("background")  # only what nobody else will need


class WrongOption(ValueError):
    """A combination of options without a meaning. fields: those that are wrong, by the names they have here."""

    def __init__(self, message: str, *fields: str):
        self.fields = fields
        super().__init__(message)


@dataclass(frozen=True, kw_only=True)
class SyncOptions:
    """What one run is asked to do; stored with the run.

    entity: registered name, e.g. "products".
    ids: external ids; real-time only. Repetitions are dropped, order is kept.
    documents: (subject, id) pairs whose lines name further ids; real-time runs of products only.
    plan: number of the dry run whose plan is applied, row by row; real-time only, and nothing else beside it.
    since: aware UTC, inclusive; incremental only; None lets the checkpoint decide.
    batch_size: rows per list page and ids per bulk detail call, 10 to 200.
    active_only, with_stock_only: leave other rows out. low_stock: products at or below `threshold` only (stock).
    warehouses: external ids; stock of these only. update_prices: a stock run also writes the products' own prices.
    sync_images: a run of products is followed by one that fetches the pictures that are due, within their own budget.
    dry_run: the same plan, stored as planned changes; nothing mirrored is written.
    Raises WrongOption, a ValueError, when the combination has no meaning.
    """

    entity: str
    mode: SyncMode = SyncMode.INCREMENTAL
    ids: tuple[str, ...] = ()
    documents: tuple[tuple[str, str], ...] = ()
    plan: int | None = None
    since: datetime | None = None
    batch_size: int = MAX_BATCH
    active_only: bool = False
    with_stock_only: bool = False
    warehouses: tuple[str, ...] = ()
    update_prices: bool = False
    sync_images: bool = False
    low_stock: bool = False
    threshold: int = 10
    dry_run: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "mode", SyncMode(self.mode))
        object.__setattr__(self, "ids", tuple(dict.fromkeys(str(each).strip() for each in self.ids)))
        object.__setattr__(
            self, "warehouses", tuple(dict.fromkeys(str(each).strip() for each in self.warehouses))
        )
        object.__setattr__(self, "documents", tuple(dict.fromkeys((kind, id) for kind, id in self.documents)))
        if bool(self.ids or self.documents or self.plan) != (self.mode is SyncMode.REALTIME):
            raise WrongOption(sentence("ids belong to real-time runs, and only there"), "ids")
        if self.plan and (self.ids or self.documents or self.dry_run):
            raise WrongOption(sentence("a plan is applied as it is, and nothing beside it"), "plan")
        if self.documents and self.entity != "products":
            raise WrongOption(sentence("documents belong to runs of products, and only there"), "documents")
        documents = tuple(id for _kind, id in self.documents)
        for name, ids in (("ids", self.ids), ("warehouses", self.warehouses), ("documents", documents)):
            if any(not each or len(each) > 64 for each in ids):
                raise WrongOption(sentence("an id is a text of 1 to 64 characters"), name)
        if not MIN_BATCH <= self.batch_size <= MAX_BATCH:
            told = sentence("batch_size must be from %(least)s to %(most)s")
            raise WrongOption(told % {"least": MIN_BATCH, "most": MAX_BATCH}, "batch_size")
        if self.threshold < 0:
            raise WrongOption(sentence("threshold must not be negative"), "threshold")
        if self.since is not None:
            if self.since.tzinfo is None:
                raise WrongOption(sentence("modified_since needs a time zone"), "since")
            if self.mode is not SyncMode.INCREMENTAL:
                raise WrongOption(
                    sentence("modified_since belongs to incremental runs, and only there"), "since"
                )
        if self.entity != "stock" and (
            wrong := [name for name in ("warehouses", "update_prices", "low_stock") if getattr(self, name)]
        ):
            told = sentence("warehouses, update_prices and low_stock belong to stock runs, and only there")
            raise WrongOption(told, *wrong)
        if self.entity != "products" and self.sync_images:
            told = sentence("sync_images belongs to runs of products, and only there")
            raise WrongOption(told, "sync_images")
        if self.entity not in ("stock", "products") and self.with_stock_only:
            told = sentence("with_stock_only belongs to runs of stock or products, and only there")
            raise WrongOption(told, "with_stock_only")

    @property
    def sees_part(self) -> bool:
        """True when rows are left out on purpose: such a run proves no row gone and moves no watermark."""
        return bool(
            self.mode is SyncMode.REALTIME
            or self.active_only
            or self.with_stock_only
            or self.low_stock
            or self.warehouses
        )

    def as_json(self) -> dict:
        """Plain JSON values, for the run's row."""
        values = asdict(self) | {"since": self.since.isoformat() if self.since else None}
        return values | {
            "mode": str(self.mode),
            "ids": list(self.ids),
            "documents": [list(each) for each in self.documents],
            "warehouses": list(self.warehouses),
        }

    @classmethod
    def from_json(cls, stored: dict) -> SyncOptions:
        """The inverse of `as_json`; names of later versions are refused by the constructor."""
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in stored.items() if name in known}
        if values.get("since"):
            values["since"] = datetime.fromisoformat(values["since"])
        return cls(**values)
