"""Buttons say verb, object and cost; one that cannot be pressed says why. Empty lists say what to do first."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from unfold.admin import ModelAdmin

from inventory.admin.buttons import Buttons
from inventory.admin.emptiness import EmptyLists
from tests.access.conftest import groups, permitted  # noqa: F401
from tests.factories import (
    AdministratorFactory,
    OrganizationFactory,
    ProductFactory,
    RecordErrorFactory,
    SyncCheckpointFactory,
    WebhookDeliveryFactory,
)

pytestmark = pytest.mark.django_db
REFUSED = 'aria-disabled="true"'


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(AdministratorFactory())
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_no_button_is_a_verb_alone():
    alone = []
    for page_of in admin.site._registry.values():
        if isinstance(page_of, Buttons):
            for name in (*page_of.actions_list, *page_of.actions_detail):
                words = str(page_of.get_unfold_action(name).description)
                if len(words.split()) < 2:
                    alone.append(f"{type(page_of).__name__}.{name}: {words}")
    assert alone == []


@pytest.mark.parametrize(
    ("kind", "address", "words"),
    [
        ("failure", "/admin/zoho_sync/recorderror/{}/change/", "Retry this record, about 1 call"),
        ("delivery", "/admin/zoho_sync/webhookdelivery/{}/change/", "Replay this delivery, about 1 call"),
        ("product", "/admin/inventory/product/{}/change/", "Refresh this record from Zoho, about 1 call"),
    ],
)
def test_a_button_over_a_row_tells_its_cost(kind, address, words, staff):
    made = {"failure": RecordErrorFactory, "delivery": WebhookDeliveryFactory, "product": ProductFactory}
    assert words in page(staff, address.format(made[kind]().pk))


def test_a_button_over_a_list_tells_its_cost_as_the_start_page_does(staff):
    SyncCheckpointFactory()
    ProductFactory.create_batch(3)

    shown = page(staff, "/admin/inventory/product/")

    assert "Sync in full: Products, about 1 call" in shown
    assert "Sync what changed: Products, about 2 calls" in shown


@pytest.mark.parametrize(
    ("status", "external_id", "why"),
    [
        ("retrying", "1", "is being read again"),
        ("resolved", "1", "Only a failure that waits"),
        ("waiting", "", "has no id"),
    ],
)
def test_a_failure_that_cannot_be_retried_says_why(status, external_id, why, staff):
    failure = RecordErrorFactory(status=status, external_id=external_id)

    shown = page(staff, f"/admin/zoho_sync/recorderror/{failure.pk}/change/")

    assert f"/recorderror/{failure.pk}/retry_one/" not in shown
    assert REFUSED in shown
    assert 'aria-describedby="why-retry_one"' in shown
    assert why in shown


def test_who_may_not_press_is_told_so_and_given_no_link():
    failure = RecordErrorFactory()
    client = Client()
    client.force_login(permitted("zoho_sync.view_recorderror", is_staff=True))

    shown = page(client, f"/admin/zoho_sync/recorderror/{failure.pk}/change/")

    assert "/retry_one/" not in shown
    assert "Retry this record" in shown
    assert "Your role does not allow this." in shown


def test_an_empty_list_says_what_to_do_first(staff):
    OrganizationFactory()

    shown = page(staff, "/admin/inventory/product/")
    assert "Nothing has been read from Zoho yet." in shown
    assert "/admin/zoho_sync/syncrun/start/all/full/" in shown
    assert "/setup/" in page(staff, "/admin/zoho_sync/webhookdelivery/")


def test_a_list_that_a_filter_has_emptied_says_so_and_leads_back(staff):
    ProductFactory()

    shown = page(staff, "/admin/inventory/product/?q=nothingofthekind")

    assert "Nothing matches what is searched for" in shown
    assert "Nothing has been read from Zoho yet." not in shown


def test_every_list_has_words_of_its_own_for_having_no_rows():
    def has_words(page_of) -> bool:
        own = (type(page_of).when_empty, type(page_of).nothing_yet)
        return own != (EmptyLists.when_empty, EmptyLists.nothing_yet)

    plain = [
        type(page_of).__name__
        for page_of in admin.site._registry.values()
        if isinstance(page_of, ModelAdmin) and not (isinstance(page_of, EmptyLists) and has_words(page_of))
    ]
    # Somebody is always there; the two others are no lists.
    assert sorted(plain) == ["ConnectionAdmin", "GroupAdmin", "HealthAdmin", "UserAdmin"]


@pytest.mark.parametrize("verb", ["retry_one", "ignore_one"])
def test_a_toast_links_to_what_it_speaks_of(verb, staff):
    failure = RecordErrorFactory()

    shown = staff.post(f"/admin/zoho_sync/recorderror/{failure.pk}/{verb}/", follow=True).content.decode()

    target = {"retry_one": "/admin/zoho_sync/syncrun/", "ignore_one": "?status__exact=ignored"}[verb]
    toast = shown.partition("tsh-link")[0][-200:] + shown.partition("tsh-link")[2][:200]
    assert target in toast
