"""The health page: each probe with what it means, since when, and what to do; it renews itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import AdministratorFactory, OAuthTokenFactory, OrganizationFactory
from zoho_sync.models import OAuthToken, Repair, WorkerBeat

pytestmark = pytest.mark.django_db
PAGE = "/admin/monitoring/watch/"


@pytest.fixture
def staff(client):
    client.force_login(AdministratorFactory())
    return client


def shown(client, address: str = PAGE, **headers) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def row(page: str, name: str) -> str:
    (found,) = (
        each for each in page.split("<tbody>")[1].split("</tbody>")[0].split("</tr>") if f">{name}<" in each
    )
    return found


def test_it_says_in_one_sentence_what_is_wrong(staff):
    WorkerBeat.objects.create(name="here", beat_at=timezone.now() - timedelta(minutes=10))
    page = shown(staff)
    assert "Visitors are served, but something does not do its work: Worker." in page
    assert "10\xa0minutes ago" in row(page, "Worker")
    assert "Start a worker" in row(page, "Worker")


def test_what_nothing_is_known_of_is_not_called_well(staff):
    page = shown(staff)
    assert ">unknown<" in row(page, "Token")
    assert ">well<" in row(page, "Database")


def test_a_refused_token_leads_to_the_connection(staff):
    OAuthTokenFactory(
        state=OAuthToken.State.REFUSED, state_message="invalid_code", access_expires_at=timezone.now()
    )
    found = row(shown(staff), "Token")
    assert "invalid_code" in found and "zoho_connect" in found
    assert 'href="/admin/zoho_sync/oauthtoken/"' in found


def test_it_loads_itself_anew_when_something_has_changed(staff):
    page = shown(staff)
    before = staff.get(f"{PAGE}live/").json()
    assert f'data-live-state="{before["state"]}"' in page
    assert staff.get(f"{PAGE}live/").json()["state"] == before["state"]

    WorkerBeat.objects.create(name="here", beat_at=timezone.now())

    after = staff.get(f"{PAGE}live/").json()
    assert (after["state"] != before["state"], after["ended"]) == (True, False)


def test_it_is_drawn_from_right_to_left_too(staff):
    assert 'dir="rtl"' in shown(staff, **{"accept-language": "ar"})


def test_the_audit_of_self_repair_is_filtered_by_kind_and_by_whether_it_worked(staff):
    organization = OrganizationFactory()
    for kind, worked, what in (("token", False, "refused"), ("runs", True, "queued again")):
        Repair.objects.create(
            kind=kind, worked=worked, what=what, at=timezone.now(), organization=organization
        )
    audit = "/admin/zoho_sync/repair/"
    assert "refused" in shown(staff, audit) and "queued again" in shown(staff, audit)
    assert "queued again" not in shown(staff, f"{audit}?kind__exact=token")
    assert "refused" not in shown(staff, f"{audit}?worked__exact=1")
    assert "queued again" in shown(staff, f"{audit}{Repair.objects.get(kind='runs').pk}/change/")
