"""Each rule that we bring along opens an alert when its cause is really there, and says what a person needs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone, translation

from monitoring.judging import Round
from monitoring.models import Alert, AlertChannel, AlertRule
from tests.factories import (
    OAuthTokenFactory,
    PriceChangeFactory,
    PriceListFactory,
    PriceListItemFactory,
    RecordErrorFactory,
    StockChangeFactory,
    StockLevelFactory,
    SyncCheckpointFactory,
    SyncRunFactory,
    WarehouseFactory,
    WebhookDeliveryFactory,
    WebhookExpectationFactory,
)
from zoho_sync.models import (
    ApiUsage,
    OAuthToken,
    RateBucket,
    SyncCheckpoint,
    SyncRun,
    TruthCheck,
    WorkerBeat,
)
from zoho_sync.processors import registry
from zoho_sync.zoho.budget import today

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=3)


@pytest.fixture
def organization(default_rules):
    organization = OAuthTokenFactory().organization
    WorkerBeat.objects.create(name="a worker", beat_at=timezone.now())
    for entity in registry.names():
        SyncCheckpointFactory(organization=organization, entity=entity, full_at=timezone.now())
    return organization


def spend(organization, calls: int) -> None:
    ApiUsage.objects.create(
        organization=organization,
        day=today(organization),
        api="inventory",
        endpoint="items",
        calls_count=calls,
    )


def mass_zero() -> None:
    shop = WarehouseFactory(sells=True)
    for _ in range(21):
        level = StockLevelFactory(warehouse=shop, on_hand=0)
        StockChangeFactory(level=level, before=3, after=0, changed_at=timezone.now())


def price_missing() -> None:
    shop, wholesale = WarehouseFactory(sells=True), PriceListFactory()
    levels = StockLevelFactory.create_batch(10, warehouse=shop)
    for level in levels[1:]:
        PriceListItemFactory(price_list=wholesale, product=level.product)


def drifted(organization) -> None:
    for number in range(12):
        TruthCheck.objects.create(
            organization=organization,
            entity="products",
            external_id=str(number),
            checked_at=timezone.now(),
            verdict="drift" if number == 0 else "equal",
        )


MAKERS = {
    "tables": lambda _: MigrationRecorder.Migration.objects.filter(app="monitoring").delete(),
    "worker": lambda _: WorkerBeat.objects.update(beat_at=timezone.now() - LONG_AGO),
    "queue": lambda _: SyncRun.objects.filter(pk=SyncRunFactory(status="queued").pk).update(
        created_at=timezone.now() - LONG_AGO
    ),
    "restarts": lambda _: WorkerBeat.objects.update(restarted_at=timezone.now(), restarts_count=3),
    "not-connected": lambda _: OAuthToken.objects.all().delete(),
    "connection": lambda _: OAuthToken.objects.update(state="refused"),
    "calls-blocked": lambda organization: RateBucket.objects.create(
        organization=organization, blocked_until=timezone.now() + LONG_AGO
    ),
    "calls-spent": lambda organization: spend(organization, 1_000_000),
    "forecast": lambda organization: [spend(organization, 4_499), SyncRunFactory(status="running")],
    "quarantined": lambda _: SyncRunFactory(status="quarantined"),
    "paused": lambda _: SyncRunFactory(status="paused"),
    "dead-letters": lambda _: WebhookDeliveryFactory(status="dead"),
    "late-deliveries": lambda _: WebhookDeliveryFactory(received_at=timezone.now() - LONG_AGO),
    "silent": lambda _: [
        WebhookDeliveryFactory(received_at=timezone.now() - LONG_AGO, status="applied"),
        WebhookExpectationFactory(silence_hours=1),
    ],
    "failures": lambda _: RecordErrorFactory(),
    "failed": lambda _: SyncRunFactory(status="failed", message="Cut."),
    "stale": lambda _: SyncCheckpoint.objects.filter(entity="stock").update(
        full_at=timezone.now() - LONG_AGO, incremental_at=None
    ),
    "no-selling-warehouse": lambda _: WarehouseFactory(),
    "mass-zero": lambda _: mass_zero(),
    "price-jump": lambda _: PriceChangeFactory(
        before=Decimal(10), after=Decimal(100), changed_at=timezone.now()
    ),
    "price-missing": lambda _: price_missing(),
    "negative-stock": lambda _: StockLevelFactory(warehouse__sells=True, on_hand=-1),
    "drift": drifted,
    "channel": lambda _: AlertChannel.objects.create(
        name="Mail", kind="log", failing_since=timezone.now(), last_error="Refused."
    ),
    "clock": lambda organization: RateBucket.objects.create(
        organization=organization, clock_skew_seconds=900, clock_seen_at=timezone.now()
    ),
}


def opened(code: str) -> list[Alert]:
    """After the watch has looked, and again when it has lasted."""
    rule, now = AlertRule.objects.get(code=code), timezone.now()
    Round(now).judge_all()
    if rule.for_minutes:
        Round(now + timedelta(minutes=rule.for_minutes)).judge_all()
    return list(Alert.objects.filter(rule=rule, state="open"))


def test_nothing_is_opened_while_all_is_well(organization):
    Round(timezone.now()).judge_all()

    assert list(Alert.objects.values_list("fingerprint", flat=True)) == []
    assert list(AlertRule.objects.exclude(problem="").values_list("code", "problem")) == []


@pytest.mark.parametrize("code", MAKERS)
def test_a_real_cause_opens_an_alert_that_says_what_to_do(organization, code, client, admin_user):
    MAKERS[code](organization)

    (alert,) = opened(code)
    assert alert.title
    assert alert.message
    assert alert.what_to_do
    if alert.page and code != "tables":
        client.force_login(admin_user)
        assert client.get(alert.page).status_code == 200


def test_a_full_disk_opens_an_alert(organization, settings):
    settings.HEALTH = settings.HEALTH | {"DISK_LOW_MB": 100_000_000}

    assert len(opened("disk")) == 1


def test_secrets_under_another_key_open_an_alert(organization, settings):
    settings.SECRET_KEY = "quite another key, and long enough to be one of those that are taken"

    assert len(opened("keys")) == 1


def test_an_alert_is_read_in_the_language_of_whoever_reads_it(organization):
    WebhookDeliveryFactory.create_batch(3, status="dead")
    (alert,) = opened("dead-letters")
    with translation.override("ar"):
        text = translation.ngettext(
            "%(count)s webhook delivery could not be applied and is tried no more.",
            "%(count)s webhook deliveries could not be applied and are tried no more.",
            3,
        )
        assert Alert.objects.get(pk=alert.pk).message == text % {"count": 3}


def test_what_ends_is_resolved_by_itself(organization):
    now = timezone.now()
    WebhookDeliveryFactory(status="dead")
    Round(now).judge_all()
    WebhookDeliveryFactory._meta.model.objects.update(status="applied")
    for minutes in (1, 3):
        Round(now + timedelta(minutes=minutes)).judge_all()

    assert Alert.objects.get(fingerprint="dead-letters").state == "resolved"
