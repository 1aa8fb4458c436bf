"""`replay_webhooks`: what is named is replayed, nothing else, and never everything by accident."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.factories import NOON, OrganizationFactory
from zoho_sync.models import WebhookDelivery
from zoho_sync.subjects import SUBJECTS

pytestmark = pytest.mark.one_leg

Status = WebhookDelivery.Status


@pytest.fixture
def deliveries(transactional_db) -> dict[str, WebhookDelivery]:
    """One in every state, an hour apart from noon on; items, but for a dead invoice."""
    found = {}
    for hours, state in enumerate(Status.values):
        subject = SUBJECTS["invoice" if state == Status.DEAD else "item"]
        found[state] = WebhookDelivery.objects.create(
            organization=OrganizationFactory(), received_at=NOON + timedelta(hours=hours), subject=subject.name,
            entity=subject.entity, record_id=str(hours + 1), proof="zoho", content_hash="", body=b"{}",
            status=state, attempts_count=5,
        )  # fmt: skip
    return found


def replayed() -> set[str]:
    """The former states of what was replayed."""
    rows = WebhookDelivery.objects.exclude(replayed_at=None)
    assert not rows.exclude(status=Status.RECEIVED, attempts_count=0, replayed_by="the command line").exists()
    return {Status.values[int(number) - 1] for number in rows.values_list("record_id", flat=True)}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--state dead", {"dead"}),
        ("--state dead,failed", {"dead", "failed"}),
        ("--state dead --state failed", {"dead", "failed"}),
        ("--subject invoice", {"dead"}),
        ("--subject invoices", {"dead"}),
        ("--entity products --state applied,dead", {"applied", "dead"}),
        ("--since 2026-11-20T12:00:00Z", {"ignored", "failed", "dead"}),
        ("--since 2026-11-20T11:00:00+00:00 --until 2026-11-20T12:00:00+00:00", {"applied", "ignored"}),
        ("--all", {"received", "applied", "ignored", "failed", "dead"}),
    ],
)
def test_what_is_named_is_replayed_and_nothing_else(words, expected, command, deliveries):
    answer = command("replay_webhooks", *words.split())

    assert answer.code == 0
    assert replayed() == expected


def test_single_ones_are_named_by_number_or_event_id(command, deliveries):
    dead, failed = deliveries["dead"], deliveries["failed"]

    answer = command("replay_webhooks", "--id", f"{dead.pk},{failed.event_id}")

    assert answer.code == 0
    assert "2 deliveries replayed." in answer.out
    assert replayed() == {"dead", "failed"}


def test_one_organisations_only(command, deliveries):
    other = OrganizationFactory(external_id="99")

    answer = command("replay_webhooks", "--all", "--organization", other.external_id)

    assert answer.code == 0
    assert "No delivery fits" in answer.out
    assert replayed() == set()


def test_a_dry_run_tells_and_changes_nothing(command, deliveries):
    before = list(WebhookDelivery.objects.order_by("pk").values())

    answer = command("replay_webhooks", "--all", "--dry-run")

    assert answer.code == 0
    assert "5 deliveries would be replayed." in answer.out
    assert list(WebhookDelivery.objects.order_by("pk").values()) == before


def test_the_figures_as_json(command, deliveries):
    answer = command("replay_webhooks", "--state", "dead,failed", "--json")

    told = json.loads(answer.out)
    assert (told["matched"], told["replayed"], told["is_dry_run"]) == (2, 2, False)
    assert told["states"] == {"dead": 1, "failed": 1}
    assert told["worker_is_alive"] is False


def test_what_is_being_applied_is_left_alone_and_said_so(command, deliveries):
    answer = command("replay_webhooks", "--id", str(deliveries["processing"].pk))

    assert answer.code == 1
    assert "being applied at this moment" in answer.err
    assert replayed() == set()


def test_without_a_worker_it_says_that_they_wait(command, deliveries):
    assert "No worker is running" in command("replay_webhooks", "--state", "dead").out


def test_with_a_worker_it_does_not(command, deliveries, living_worker):
    assert "No worker" not in command("replay_webhooks", "--state", "dead").out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            "",
            "Name what is to be replayed, by --since, --until, --entity, --subject, --state, --id; --all replays",
        ),
        ("--dry-run", "Name what is to be replayed"),
        ("--organization 10234695", "Name what is to be replayed"),
        ("--all --state dead", "--all and --state exclude each other."),
        ("--since soon", "--since must be a time such as"),
        ("--until 2999-01-01", "--until lies in the future"),
        ("--since 2026-11-19 --until 2026-11-18", "--since must not be later than --until."),
        ("--state sleeping", "--state: 'sleeping' is not known. Known: received, applied"),
        ("--state processing", "--state: 'processing' is not known."),
        ("--state dead,", "--state: '' is not known."),
        (
            "--entity unicorns",
            "--entity: 'unicorns' is not known. Known: products, customers, price_lists, customer_payments, vendors, "
            "users.",
        ),
        ("--subject unicorns", "--subject: 'unicorns' is not known. Known: item, contact"),
        ("--id none", "--id: 'none' is neither a delivery's number nor an event id."),
        ("--id 123456789", "There is no delivery 123456789."),
        ("--id 00000000-0000-0000-0000-000000000000", "There is no delivery 00000000-"),
        ("--all --organization 77", "There is no organisation '77'."),
        ("--all --limit 5", "unrecognized arguments: --limit 5"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(words, sentence, command, deliveries):
    answer = command("replay_webhooks", *words.split())

    assert answer.code == 2
    assert sentence in answer.err
    assert answer.err.count("\n") == 1
    assert replayed() == set()
