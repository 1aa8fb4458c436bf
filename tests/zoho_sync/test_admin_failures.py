from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.factories import AdministratorFactory, RecordErrorFactory, UserFactory
from zoho_sync.models import RecordError, SyncRun

pytestmark = pytest.mark.django_db
Status = RecordError.Status
LIST = "/admin/zoho_sync/recorderror/"


@pytest.fixture
def staff(client):
    client.force_login(AdministratorFactory())
    return client


def chosen(verb: str, errors: list[RecordError], **more) -> dict:
    return {"action": verb, "_selected_action": [error.pk for error in errors]} | more


def states() -> list[str]:
    return list(RecordError.objects.order_by("pk").values_list("status", flat=True))


def test_retrying_asks_first_and_then_reads_the_chosen_records_again(staff):
    first, second, _third = (RecordErrorFactory() for _each in range(3))

    asked = staff.post(LIST, chosen("retry", [first, second], index="0")).content.decode()
    assert "csrfmiddlewaretoken" in asked
    assert states() == [Status.WAITING] * 3

    staff.post(LIST, chosen("retry", [first, second], confirmed="yes"))
    assert states() == [Status.RETRYING, Status.RETRYING, Status.WAITING]
    assert sorted(SyncRun.objects.get().options["ids"]) == sorted([first.external_id, second.external_id])


def test_retrying_everything_that_matches_means_more_than_the_page(staff):
    errors = [RecordErrorFactory() for _each in range(55)]

    asked = staff.post(LIST, chosen("retry", errors[:1], index="0", select_across="1")).content.decode()
    assert 'name="select_across" value="1"' in asked
    staff.post(LIST, chosen("retry", errors[:1], select_across="1", confirmed="yes"))

    assert set(states()) == {Status.RETRYING}


def test_ignoring_takes_them_off_the_list_of_what_waits(staff):
    first, _second = RecordErrorFactory(), RecordErrorFactory()

    staff.post(LIST, chosen("ignore", [first], confirmed="yes"))

    assert states() == [Status.IGNORED, Status.WAITING]


@pytest.mark.parametrize(("verb", "after"), [("retry_one", Status.RETRYING), ("ignore_one", Status.IGNORED)])
def test_one_failure_is_decided_on_its_page(staff, verb, after):
    error = RecordErrorFactory()
    url = reverse(f"admin:zoho_sync_recorderror_{verb}", args=[error.pk])

    assert staff.get(url).status_code == 200
    assert states() == [Status.WAITING]
    staff.post(url)

    assert states() == [after]


def test_a_failure_whose_record_has_no_id_says_that_it_cannot_be_retried(staff):
    error = RecordErrorFactory(external_id="", record_key="hash:1")

    answer = staff.post(LIST, chosen("retry", [error], confirmed="yes"), follow=True)

    assert "None of these can be retried" in answer.content.decode()
    assert states() == [Status.WAITING]


def test_the_page_shows_reason_and_payload_as_text(staff):
    error = RecordErrorFactory(reason="name: <script>", payload='{"name": "</pre><script>alert(1)</script>"}')

    shown = staff.get(reverse("admin:zoho_sync_recorderror_change", args=[error.pk])).content.decode()

    assert "name: &lt;script&gt;" in shown
    assert "<script>alert(1)" not in shown


def test_without_the_permission_nothing_is_retried(client):
    person = UserFactory()
    person.user_permissions.set(Permission.objects.filter(codename="view_recorderror"))
    client.force_login(person)
    error = RecordErrorFactory()

    client.post(LIST, chosen("retry", [error], confirmed="yes"))
    url = reverse("admin:zoho_sync_recorderror_retry_one", args=[error.pk])

    assert client.post(url).status_code == 403
    assert states() == [Status.WAITING]
    assert not SyncRun.objects.exists()
