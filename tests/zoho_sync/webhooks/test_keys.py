"""Which secrets count, whose they are, and when they were used."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories import OrganizationFactory, UserFactory
from zoho_sync.models import WebhookSecret
from zoho_sync.webhooks import keys
from zoho_sync.webhooks.keys import end_secret, make_secret, note_use

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    keys.forget()
    yield
    keys.forget()


def known() -> list[str]:
    found = keys.keys()
    return [key.name for key in found]


def test_a_secret_made_without_a_value_is_one_that_zoho_takes():
    user = UserFactory()
    row, plain = make_secret(OrganizationFactory(), "first", user=user)
    assert (len(plain), plain.isascii(), plain.isalnum()) == (40, True, True)
    [key] = keys.keys()
    assert (key.secret, key.name) == (plain.encode(), "first")
    assert row.created_by == user
    assert make_secret(row.organization, "second")[1] != plain


def test_the_newest_secret_is_tried_first():
    organization = OrganizationFactory()
    for name in ("first", "second", "third"):
        make_secret(organization, name)
    assert known() == ["third", "second", "first"]


def test_a_secret_counts_until_the_moment_that_was_set():
    row, _ = make_secret(OrganizationFactory(), "first")
    end_secret(row, at=timezone.now() + timedelta(hours=24))
    assert known() == ["first"]
    end_secret(row, at=timezone.now() - timedelta(seconds=1))
    assert known() == []


def test_two_secrets_of_one_organisation_have_different_names():
    organization = OrganizationFactory()
    make_secret(organization, "first")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_secret(organization, "first")
    make_secret(OrganizationFactory(external_id="2"), "first")


def test_a_secret_is_in_no_text_about_it():
    row, plain = make_secret(OrganizationFactory(), "first")
    [key] = keys.keys()
    assert plain not in f"{key!r} {key} {row!r} {row}"
    with pytest.raises(ValueError, match="12 to 50") as refused:
        make_secret(row.organization, "bad", value="has space 12345")
    assert "has space" not in str(refused.value)


def test_the_use_of_a_secret_is_noted_once_a_minute():
    make_secret(OrganizationFactory(), "first")
    [key] = keys.keys()
    note_use(key)
    first = WebhookSecret.objects.get().last_used_at
    [key] = keys.keys()
    note_use(key)
    assert WebhookSecret.objects.get().last_used_at == first
    earlier = timezone.now() - timedelta(minutes=2)
    WebhookSecret.objects.update(last_used_at=earlier)
    keys.forget()
    [key] = keys.keys()
    note_use(key)
    assert WebhookSecret.objects.get().last_used_at > earlier


def test_the_secret_of_the_environment_counts_only_where_it_is_known_whose_it_is(settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"SECRET": "OfTheEnvironment1"}
    settings.ZOHO = settings.ZOHO | {"ORGANIZATION_ID": "", "CLIENT_ID": ""}
    assert known() == []
    keys.forget()
    settings.ZOHO = settings.ZOHO | {"ORGANIZATION_ID": "700000001"}
    organization = OrganizationFactory(external_id="700000001")
    [key] = keys.keys()
    assert (key.secret, key.organization_id, key.secret_id) == (b"OfTheEnvironment1", organization.pk, None)
    note_use(key)  # there is no row to note it in
