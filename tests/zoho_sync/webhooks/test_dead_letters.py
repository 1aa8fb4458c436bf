"""What cannot be applied is tried five times, takes nobody along, and is never silent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Product
from monitoring.health import Health
from monitoring.health.working import probe_webhooks
from tests.factories import OrganizationFactory, SyncRunFactory
from zoho_sync import housekeeping, status
from zoho_sync.models import RecordError, SyncRun, WebhookDelivery
from zoho_sync.options import SyncMode, Trigger
from zoho_sync.webhooks import draining
from zoho_sync.webhooks.replay import replay

Status = WebhookDelivery.Status


def hint_runs():
    return SyncRun.objects.filter(trigger=Trigger.WEBHOOK)


def rest_minutes(delivery: WebhookDelivery) -> int:
    return round((delivery.next_attempt_at - timezone.now()).total_seconds() / 60)


@pytest.fixture
def poisoned(sandbox, item_ids, warehouses) -> str:
    """An item whose record cannot be taken as it is."""
    item = item_ids(3)[1]
    sandbox.poison("items", item, f'{{"item_id":"{item}","name":""}}')
    return item


def test_a_poison_record_is_tried_five_times_ever_later_and_then_no_more(
    poisoned, deliver, work_queue, tick, api_calls, sandbox
):
    delivery = deliver("item", poisoned)
    rests = []
    for _ in range(4):
        work_queue()
        delivery.refresh_from_db()
        assert delivery.status == Status.FAILED
        assert "name is empty" in delivery.reason
        rests.append(rest_minutes(delivery))
        tick(minutes=rests[-1] + 1)
    work_queue()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.DEAD, 5)
    assert rests == [1, 5, 15, 60]

    sandbox.forget_calls()
    tick(days=2)
    work_queue()

    delivery.refresh_from_db()
    assert delivery.status == Status.DEAD
    assert api_calls() == []


def test_its_neighbours_are_applied_at_once(poisoned, deliver, work_queue, item_ids):
    for item in item_ids(3):
        deliver("item", item)

    work_queue()

    assert list(WebhookDelivery.objects.order_by("pk").values_list("status", flat=True)) == [
        Status.APPLIED, Status.FAILED, Status.APPLIED,
    ]  # fmt: skip
    assert hint_runs().count() == 1


def test_dead_letters_are_applied_when_they_are_replayed_after_the_mending(
    poisoned, sandbox, deliver, work_queue, tick
):
    delivery = deliver("item", poisoned)
    WebhookDelivery.objects.update(attempts_count=4)
    work_queue()
    delivery.refresh_from_db()
    assert delivery.status == Status.DEAD

    sandbox.poison("items", poisoned, None)
    assert replay(WebhookDelivery.objects.filter(status=Status.DEAD)) == 1
    work_queue()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.APPLIED, 1)
    assert Product.objects.get().external_id == poisoned
    assert not RecordError.objects.exclude(status=RecordError.Status.RESOLVED).exists()


def test_a_record_that_no_run_survives_is_cornered_while_its_neighbours_are_applied(
    sandbox, warehouses, deliver, work_queue, tick
):
    """Each run that has this id among its own is refused as a whole; after every failure fewer go together."""
    customers = [
        each["contact_id"] for each in sandbox.records("contacts") if each["contact_type"] == "customer"
    ]
    fatal = customers[5]
    for each in customers:
        deliver("contact", each)
    sandbox.order_fault("wrong_type", path=f"/contacts/{fatal}", times=None)
    for _ in range(30):
        work_queue()
        if not WebhookDelivery.objects.filter(status__in=WebhookDelivery.OPEN).exists():
            break
        tick(minutes=20)

    found = dict(WebhookDelivery.objects.values_list("record_id", "status"))
    assert found.pop(fatal) == Status.DEAD
    assert set(found.values()) == {Status.APPLIED}


def test_after_each_failure_fewer_go_together(deliver, organization):
    for number in range(200):
        deliver("item", str(number + 1))
    taken = []
    for _ in range(4):
        (run,) = draining.drain(organization.pk)
        taken.append(len(run.options["ids"]))
        hint_runs().filter(pk=run.pk).update(status="failed")
        WebhookDelivery.objects.filter(run=run).update(status=Status.FAILED)

    assert taken == [200, 25, 3, 1]


def test_a_fresh_hint_of_a_cornered_record_goes_alone_too(deliver, organization):
    deliver("item", "1")
    (failed,) = draining.drain(organization.pk)
    hint_runs().update(status="failed")
    WebhookDelivery.objects.update(status=Status.FAILED, next_attempt_at=timezone.now() + timedelta(hours=1))
    deliver("item", "2")
    deliver("item", "1")

    (first,) = draining.drain(organization.pk)
    hint_runs().exclude(pk=failed.pk).update(status="succeeded")
    (second,) = draining.drain(organization.pk)

    assert (first.options["ids"], second.options["ids"]) == (["2"], ["1"])
    assert second.deliveries.count() == 2


# --- Seen by whoever watches ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_empty_inbox_is_healthy():
    assert probe_webhooks().health is Health.UNKNOWN  # no data
    assert status.inbox() == status.Inbox(0, 0, 0, 0, None, 0, None, "")


def test_dead_letters_degrade_the_health_with_a_sentence(deliver):
    deliver("item", "1")
    WebhookDelivery.objects.update(status=Status.DEAD)

    finding = probe_webhooks()

    assert finding.health is Health.DEGRADED
    assert finding.message.startswith("1 webhook delivery could not be applied")


def test_a_backlog_that_does_not_drain_degrades_with_its_reason(deliver):
    deliver("item", "1")
    deliver("item", "2")
    assert probe_webhooks().health is Health.OK
    WebhookDelivery.objects.update(
        received_at=timezone.now() - timedelta(minutes=11), reason="Zoho refuses the refresh token."
    )

    finding = probe_webhooks()

    assert finding.health is Health.DEGRADED
    assert "2 webhook deliveries wait" in finding.message
    assert finding.message.endswith("Zoho refuses the refresh token.")


def test_what_is_replayed_or_rests_by_plan_is_not_late(deliver):
    old = timezone.now() - timedelta(days=3)
    replayed, resting = deliver("item", "1"), deliver("item", "2")
    WebhookDelivery.objects.update(received_at=old)
    WebhookDelivery.objects.filter(pk=replayed.pk).update(replayed_at=timezone.now())
    WebhookDelivery.objects.filter(pk=resting.pk).update(
        status=Status.FAILED, next_attempt_at=timezone.now() + timedelta(minutes=30)
    )

    assert probe_webhooks().health is Health.OK
    assert (status.inbox().waiting, status.inbox().failed) == (1, 1)


def test_another_organisations_inbox_is_not_counted(deliver):
    delivery = deliver("item", "1")
    other = OrganizationFactory(external_id="99")

    assert status.inbox(other).waiting == 0
    assert status.inbox(delivery.organization).waiting == 1


def test_settled_deliveries_are_pruned_and_open_or_dead_ones_never(deliver, settings):
    for state in Status:
        delivery = deliver("item", state)
        WebhookDelivery.objects.filter(pk=delivery.pk).update(status=state)
    WebhookDelivery.objects.update(received_at=timezone.now() - timedelta(days=89))
    housekeeping.prune()
    assert WebhookDelivery.objects.count() == len(Status)

    WebhookDelivery.objects.update(received_at=timezone.now() - timedelta(days=91))
    housekeeping.prune()

    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {
        Status.RECEIVED, Status.PROCESSING, Status.FAILED, Status.DEAD,
    }  # fmt: skip


def test_pruning_a_run_leaves_its_deliveries(deliver):
    delivery = deliver("item", "1")
    run = SyncRunFactory(
        organization=delivery.organization, mode=SyncMode.REALTIME, trigger=Trigger.WEBHOOK,
        finished_at=timezone.now() - timedelta(days=181),
    )  # fmt: skip
    WebhookDelivery.objects.update(run=run, status=Status.APPLIED)

    housekeeping.prune()

    delivery.refresh_from_db()
    assert (delivery.run, delivery.status) == (None, Status.APPLIED)


def test_an_answer_that_never_comes_for_one_record_is_counted_once_zoho_answers_others(
    settings, sandbox, warehouses, deliver, work_queue, tick, item_ids, run_sync
):
    settings.ZOHO = settings.ZOHO | {"CALL_SECONDS": 1}
    delivery = deliver("item", item_ids(1)[0])
    sandbox.order_fault("status", path="/itemdetails", status=500, times=None)
    work_queue()
    run_sync("warehouses")  # Zoho is there
    for _ in range(7):
        tick(minutes=3)
        work_queue()
        if hint_runs().filter(status=SyncRun.Status.FAILED).exists():
            break

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.FAILED, 1)
