"""Whoever repairs may be killed at any moment: an act and the line that tells of it come together or not at all."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from tests.factories import OAuthTokenFactory, OrganizationFactory, SyncRunFactory, WebhookDeliveryFactory
from zoho_sync import tasks
from zoho_sync.models import Repair, WebhookDelivery

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
COMPANIES, KILLS = 40, 6
REPAIR = "from zoho_sync import tasks; print('begins', flush=True); tasks.repair()"


def test_every_dead_letter_goes_back_once_and_each_has_its_line(process_environment, manage):
    dice = random.Random(8)
    long_ago = timezone.now() - timedelta(hours=25)
    for number in range(COMPANIES):
        organization = OrganizationFactory(external_id=f"{number}")
        OAuthTokenFactory(organization=organization)
        SyncRunFactory(organization=organization, finished_at=timezone.now())
        WebhookDeliveryFactory(organization=organization, status="dead", settled_at=long_ago)

    for _ in range(KILLS):
        process = subprocess.Popen(
            [*manage, "shell", "--verbosity", "0", "-c", REPAIR],
            env=process_environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout.readline() == "begins\n"
        time.sleep(dice.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        told = Repair.objects.aggregate(told=Sum("count"))["told"] or 0
        assert told == WebhookDelivery.objects.filter(repairs_count=1).count()
    assert told > 0
    tasks.repair()

    assert WebhookDelivery.objects.filter(status="received", repairs_count=1).count() == COMPANIES
    assert Repair.objects.filter(kind="dead_letters").aggregate(told=Sum("count"))["told"] == COMPANIES
