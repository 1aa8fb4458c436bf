"""Secrets of the webhooks: made, shown once, rotated, ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    OrganizationFactory,
)
from zoho_sync.models import WebhookSecret

from .pages import MAKE, SECRETS, page_of, secret_of, text

pytestmark = pytest.mark.django_db


def test_a_secret_is_made_and_shown_once(staff):
    OrganizationFactory()

    answer = staff.post(MAKE, {"name": "2026", "value": ""})
    row = WebhookSecret.objects.get()

    assert row.secret in text(answer)
    assert "no-store" in answer["Cache-Control"]
    assert (row.name, row.created_by.username[:13]) == ("2026", "administrator")
    for url in (
        SECRETS,
        page_of(row),
        page_of(row, "rotate_one"),
        page_of(row, "end_one"),
        page_of(row, "history"),
    ):
        assert row.secret not in text(staff.get(url)), url


def test_a_secret_that_zoho_has_already_is_kept_and_not_repeated(staff):
    OrganizationFactory()

    answer = staff.post(MAKE, {"name": "old", "value": "AlreadyInZoho0123456789"})

    assert "AlreadyInZoho" not in text(answer)
    assert WebhookSecret.objects.get().secret == "AlreadyInZoho0123456789"


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"name": "main"}, "There is a secret of this name already."),
        ({"name": "  "}, "Give it a name"),
        ({"name": "new", "value": "a1b2"}, "Zoho takes 12 to 50 letters and digits"),
        ({"name": "new", "value": "with-signs-in-it-0123"}, "Zoho takes 12 to 50 letters and digits"),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_is_made(staff, told, sentence):
    secret_of("main")

    shown = text(staff.post(MAKE, told))

    assert sentence in shown
    assert told.get("value", "no value") not in shown
    assert WebhookSecret.objects.count() == 1


def test_rotating_makes_a_new_one_beside_the_old_one_until_its_end(staff):
    old, plain = secret_of()
    until = timezone.localtime(timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0)

    answer = staff.post(
        page_of(old, "rotate_one"), {"name": "next", "until": until.strftime("%Y-%m-%dT%H:%M")}
    )

    new = WebhookSecret.objects.get(name="next")
    old.refresh_from_db()
    assert new.secret in text(answer)
    assert plain not in text(answer)
    assert (old.expires_at, old.is_accepted, new.is_accepted, new.expires_at) == (until, True, True, None)


@pytest.mark.parametrize("until", ["", "nonsense", "2020-01-01T00:00"])
def test_a_rotation_whose_end_is_none_makes_nothing(staff, until):
    old, _plain = secret_of()

    assert "Choose a" in text(staff.post(page_of(old, "rotate_one"), {"name": "next", "until": until}))

    old.refresh_from_db()
    assert (WebhookSecret.objects.count(), old.expires_at) == (1, None)


def test_a_rotation_to_a_name_that_is_taken_ends_nothing(staff):
    old, _plain = secret_of()
    until = timezone.localtime(timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")

    text(staff.post(page_of(old, "rotate_one"), {"name": "main", "until": until}))

    old.refresh_from_db()
    assert (WebhookSecret.objects.count(), old.expires_at) == (1, None)


def test_a_secret_ends_now_after_asking(staff):
    secret, _plain = secret_of()

    text(staff.get(page_of(secret, "end_one")))
    secret.refresh_from_db()
    assert secret.is_accepted
    staff.post(page_of(secret, "end_one"))

    secret.refresh_from_db()
    assert not secret.is_accepted
    assert staff.get(page_of(secret, "rotate_one")).status_code == 404


def test_a_secret_gets_another_name_and_nothing_else(staff):
    secret, plain = secret_of()
    secret_of("taken")

    staff.post(page_of(secret), {"name": "better", "secret": "x" * 20, "expires_at": "2020-01-01"})
    assert "There is a secret of this name already." in text(staff.post(page_of(secret), {"name": "taken"}))

    secret.refresh_from_db()
    assert (secret.name, secret.secret, secret.expires_at) == ("better", plain, None)
