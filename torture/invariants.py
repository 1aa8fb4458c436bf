"""The promises. Each is one function, and says in a sentence how it was broken; nothing when it was kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from . import invoices
from .keeper import megabytes
from .world import WEBHOOK_SECRET, Broken, patiently

if TYPE_CHECKING:
    from .case import Case
    from .model import Business
    from .visitor import Visitor
    from .world import World

MOST_MEGABYTES = 400.0  # of any process; one that works on the biggest answer that is taken stays below
ORDERED = ("status", "wire", "body", "listing", "storm")  # groups of answers that are spoilt on order
# What customers owe moves with their documents, and their time of change does not: only a full run sees it.
UNTIMED = frozenset({"receivable", "receivable_base", "unused_credits", "unused_credits_base"})
SUMS = ("created", "updated", "unchanged", "skipped", "stale", "failed")


class Witness:
    """Remembers how the world was when a case began, looks at it meanwhile, and judges it when all is over."""

    def __init__(self, world: World, visitor: Visitor, case: Case):
        from inventory.models import PriceChange, StockChange
        from zoho_sync.models import SyncRun

        self.world, self.visitor, self.case = world, visitor, case
        self.last_runs: list[int] = []
        self.first_run = _newest(SyncRun)
        self.first_changes = {model: _newest(model) for model in (PriceChange, StockChange)}
        self.first_delivery = {each["id"] for each in world.sandbox.sent()}
        self.live_before = self.least_live = live_rows()
        self.log_sizes = {path: path.stat().st_size for path in world.logs}
        world.sandbox.forget_calls()
        visitor.forget()

    def look(self) -> None:
        now = patiently(live_rows)
        if now:
            self.least_live = {name: min(self.least_live[name], now[name]) for name in now}

    def met_what_was_ordered(self) -> bool:
        """Nothing was proven where no call came by in time."""
        is_ordered = any(fault.group in ORDERED for fault in self.case.faults)
        return not is_ordered or any(call["fault"] for call in self.world.sandbox.calls())

    def judge(self, business: Business) -> list[str]:
        """Every broken promise, in a sentence."""
        promises = (
            runs_ended_well, counts_add_up, rows_fall_only_by_deletions, mirror_is_exact, no_delivery_is_lost,
            changes_are_applied_once, limits_are_kept, no_secret_is_told, nothing_of_ours_fails, memory_is_bounded,
        )  # fmt: skip
        found = []
        for promise in promises:
            told = promise(self, business)
            if told:
                found.append(f"{promise.__name__.replace('_', ' ')}: {told}")
        return found


def runs_ended_well(witness: Witness, business: Business) -> str:
    """Every run has ended, and those of the last round, with no fault left, have succeeded."""
    from zoho_sync.models import SyncRun

    runs = SyncRun.objects.filter(pk__gt=witness.first_run)
    left = [f"{run} is {run.status}" for run in runs.exclude(status__in=SyncRun.ENDED)]
    last = SyncRun.objects.filter(pk__in=witness.last_runs).exclude(status=SyncRun.Status.SUCCEEDED)
    left += [f"{run} of the last round is {run.status}: {run.message}" for run in last]
    return "; ".join(left[:5])


def counts_add_up(witness: Witness, business: Business) -> str:
    """fetched is what became of the records: created, updated, unchanged, skipped, stale or failed."""
    from zoho_sync.models import SyncRun

    wrong = []
    for run in SyncRun.objects.filter(pk__gt=witness.first_run):
        total = sum(getattr(run, f"{name}_count") for name in SUMS)
        if run.fetched_count != total:
            wrong.append(f"{run} has fetched {run.fetched_count} and tells of {total}")
    return "; ".join(wrong[:5])


def rows_fall_only_by_deletions(witness: Witness, business: Business) -> str:
    """At no moment were fewer rows live than before, less those that were really deleted."""
    wrong = []
    for name in ("product", "customer", "list"):
        before, least = witness.live_before[name], witness.least_live[name]
        if least < before - business.deleted[name]:
            wrong.append(
                f"{name}: {least} were live for a while, of {before} with {business.deleted[name]} deleted"
            )
    return "; ".join(wrong)


def mirror_is_exact(witness: Witness, business: Business) -> str:
    """Every live row and every column is what the sandbox says, by an oracle that shares no code with the product."""
    from tests.zoho_sync.engine.truth import assert_exact

    is_deep = any(fault.needs_full for fault in witness.case.faults)
    try:
        assert_exact(
            witness.world.sandbox, witness.world.organization, but=frozenset() if is_deep else UNTIMED
        )
        invoices.assert_exact(witness.world.sandbox, witness.world.organization)
    except AssertionError as error:
        return str(error)
    return ""


def no_delivery_is_lost(witness: Witness, business: Business) -> str:
    """What got a 2xx is a row, and each row has been applied, or ignored with a reason."""
    from zoho_sync.models import WebhookDelivery

    sent = witness.world.sandbox.sent()
    waiting = [each["id"] for each in sent if each["state"] != "delivered"]
    if waiting:
        return f"{len(waiting)} were never taken"
    taken = Counter(each["module"] for each in sent)
    stored = Counter(WebhookDelivery.objects.values_list("door", flat=True))
    lost = [
        f"{module}: {taken[module] - stored[module]}" for module in taken if stored[module] < taken[module]
    ]
    if lost:
        return f"taken and not stored: {', '.join(lost)}"
    left = WebhookDelivery.objects.exclude(status__in=WebhookDelivery.SETTLED)
    return "; ".join(f"{each} is {each.status}" for each in left[:5])


def changes_are_applied_once(witness: Witness, business: Business) -> str:
    """Each change begins with what the one before it ended with, and none changes nothing."""
    from inventory.models import PriceChange, StockChange

    wrong = []
    for model, figure, of in (
        (PriceChange, "unit_price", "product_id"),
        (StockChange, "on_hand", "level_id"),
    ):
        chains = defaultdict(list)
        changed = set(
            model.objects.filter(figure=figure, pk__gt=witness.first_changes[model]).values_list(
                of, flat=True
            )
        )
        rows = model.objects.filter(figure=figure, **{f"{of}__in": changed}).order_by("pk")
        for row in rows:
            chains[getattr(row, of)].append((row.before, row.after))
        for key, chain in chains.items():
            if any(before == after for before, after in chain) or any(
                one[1] != other[0] for one, other in pairwise(chain)
            ):
                wrong.append(f"{figure} of {of} {key}: {chain[-6:]}")
    return "; ".join(wrong[:3])


def limits_are_kept(witness: Witness, business: Business) -> str:
    """Zoho has refused no call because of its own limits; what a fault refused does not count."""
    refused = [call for call in witness.world.sandbox.calls() if call["status"] == 429 and not call["fault"]]
    return f"{len(refused)} calls were too many, such as {refused[0]}" if refused else ""


def no_secret_is_told(witness: Witness, business: Business) -> str:
    """Neither in what the processes have written meanwhile, nor on a page."""
    if witness.visitor.leaks:
        return f"on the page {witness.visitor.leaks[0]}"
    for path in witness.world.logs:
        with path.open("rb") as file:
            file.seek(witness.log_sizes.get(path, 0))
            text = file.read().decode(errors="replace")
        for secret in secrets_of(witness.world):
            if secret in text:
                return f"{secret[:4]}… stands in {path.name}"
    return ""


def nothing_of_ours_fails(witness: Witness, business: Business) -> str:
    """No 5xx: neither to who looks at pages nor to Zoho; 503 while the database is away is an honest answer."""
    allowed = {503} if any(fault.hurts_database for fault in witness.case.faults) else set()
    wrong = [f"{page} answered {status}" for page, status in witness.visitor.errors if status not in allowed]
    for each in witness.world.sandbox.sent():
        if each["id"] in witness.first_delivery:
            continue
        for attempt in each["attempts"]:
            status = attempt["status"] or 0
            if status >= 500 and status not in allowed:
                wrong.append(f"a webhook of {each['module']} was answered with {status}")
    return "; ".join(wrong[:5])


def memory_is_bounded(witness: Witness, business: Business) -> str:
    """No process of ours has grown beyond its bound."""
    for name, pids in witness.world.keeper.everybody().items():
        for pid in pids:
            if (size := megabytes(pid)) > MOST_MEGABYTES:
                return f"a process of {name} holds {size:.0f} MB"
    return ""


def no_secret_is_stored(world: World) -> None:
    """At the end of a world: every column of every table, as the database itself shows it. Raises Broken."""
    from django.apps import apps
    from django.db import connection

    secrets = secrets_of(world)
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
            for row in cursor:
                text = " ".join(
                    bytes(each).decode(errors="replace")
                    if isinstance(each, (bytes, memoryview))
                    else str(each)
                    for each in row
                )
                for secret in secrets:
                    if secret in text:
                        raise Broken(f"{secret[:4]}… stands in the table {model._meta.db_table}")


def secrets_of(world: World) -> list[str]:
    """What nobody may read: of the environment, and the token of this moment."""
    from zoho_sync.models import OAuthToken

    named = ("ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN", "SECRET_KEY")
    tokens = patiently(lambda: list(OAuthToken.objects.all()), [])
    living = [token.access_token for token in tokens if token.access_token]
    return [*(world.environment[name] for name in named), WEBHOOK_SECRET, *living]


def live_rows() -> dict[str, int]:
    from inventory.models import Customer, PriceList, Product

    return {
        name: model.objects.live().count()
        for name, model in (("product", Product), ("customer", Customer), ("list", PriceList))
    }


def _newest(model) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
