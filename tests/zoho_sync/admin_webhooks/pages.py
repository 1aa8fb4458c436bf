"""The webhook pages' addresses, and what their tests look at."""

from __future__ import annotations

from django.urls import reverse

from tests.factories import (
    OrganizationFactory,
    WebhookDeliveryFactory,
    WebhookExpectationFactory,
)
from zoho_sync.models import WebhookDelivery, WebhookSecret
from zoho_sync.webhooks.keys import make_secret

Status = WebhookDelivery.Status


NAME = "admin:zoho_sync_webhook"


LIST, SETUP, COVERAGE = (reverse(f"{NAME}delivery_{page}") for page in ("changelist", "setup", "coverage"))


SECRETS, MAKE = reverse(f"{NAME}secret_changelist"), reverse(f"{NAME}secret_add")


EXPECTATIONS, EXPECT = reverse(f"{NAME}expectation_changelist"), reverse(f"{NAME}expectation_add")


VIEW = ["view_webhookdelivery", "view_webhooksecret", "view_webhookexpectation"]


def page_of(row, page: str = "change") -> str:
    return reverse(f"admin:zoho_sync_{row._meta.model_name}_{page}", args=[row.pk])


def secret_of(name: str = "main") -> tuple[WebhookSecret, str]:
    return make_secret(OrganizationFactory(), name)


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def every_page() -> dict[str, str]:
    delivery = WebhookDeliveryFactory(status=Status.DEAD)
    test = WebhookDeliveryFactory(is_test=True)
    secret, _plain = secret_of()
    expectation = WebhookExpectationFactory()
    return {
        "list": LIST,
        "delivery": page_of(delivery),
        "replay one": page_of(delivery, "replay_one"),
        "replay a filter": f"{reverse(NAME + 'delivery_replay_matching')}?subject=item",
        "replay the dead": reverse(NAME + "delivery_replay_dead"),
        "coverage": COVERAGE,
        "set up": SETUP,
        "trial": reverse(NAME + "delivery_trial"),
        "stages": reverse(NAME + "delivery_trial_stages", args=[test.event_id]),
        "live": reverse(NAME + "delivery_trial_live", args=[test.event_id]),
        "secrets": SECRETS,
        "secret": page_of(secret),
        "make": MAKE,
        "rotate": page_of(secret, "rotate_one"),
        "end": page_of(secret, "end_one"),
        "expectations": EXPECTATIONS,
        "expect": EXPECT,
        "expectation": page_of(expectation),
    }
