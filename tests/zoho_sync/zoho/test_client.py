from __future__ import annotations

import logging
import threading
import time

import pytest
from django.db import connections

from zoho_sync import signals
from zoho_sync.errors import (
    AuthError,
    NotFound,
    PayloadError,
    Refused,
    SyncError,
    UnknownPath,
    ZohoError,
    ZohoUnavailable,
)
from zoho_sync.models import ApiUsage, CallSlot, Event
from zoho_sync.payloads import decode
from zoho_sync.zoho.client import ZohoClient

pytestmark = pytest.mark.one_leg

TRANSIENT = ["reset", "truncated", "cut", "html", "empty", "not_json", "status", "code"]


@pytest.fixture
def heard():
    """Every event that was sent, in order."""
    events = []

    def hear(sender, event, **kwargs):
        events.append(event)

    signals.api_called.connect(hear)
    yield events
    signals.api_called.disconnect(hear)


def test_a_record_arrives_with_every_digit(client, zoho):
    item = zoho.records("items")[0]

    record = decode(client.get(f"items/{item['item_id']}").row("item"))

    assert record["item_id"] == item["item_id"]
    assert str(record["rate"]) == str(item["rate"])


def test_a_call_names_its_organisation_and_writes_booleans_as_zoho_reads_them(
    client, api_calls, organization
):
    client.get("items", {"filter_by": "Status.All", "preview": True, "left_out": None})

    assert api_calls()[0]["query"] == {
        "filter_by": "Status.All",
        "preview": "true",
        "organization_id": organization.external_id,
    }


@pytest.mark.parametrize("fault", TRANSIENT)
def test_a_passing_failure_is_tried_again(client, zoho, api_calls, fault):
    zoho.order_fault(fault, path="/items", times=1)

    assert client.get("items").rows("items")

    assert len(api_calls()) == 2 == client.calls_count


@pytest.mark.parametrize("fault", TRANSIENT)
def test_a_lasting_failure_ends_after_four_attempts(client, zoho, api_calls, fault):
    zoho.order_fault(fault, path="/items", times=None)

    with pytest.raises(ZohoUnavailable) as failure:
        client.get("items")

    assert len(api_calls()) == 4
    assert str(failure.value).endswith(".")


def test_every_attempt_has_its_slot_its_line_in_the_ledger_and_its_event(client, zoho, heard):
    zoho.order_fault("status", path="/items", times=2)

    client.get("items")

    line = ApiUsage.objects.get(endpoint="items")
    assert (line.calls_count, line.failed_count) == (3, 2)
    assert CallSlot.objects.filter(ended_at__isnull=False).count() == 3
    assert [(event.name, event.status, event.code) for event in heard] == [
        ("tds.zoho.api.failed", 500, 1000),
        ("tds.zoho.api.failed", 500, 1000),
        ("tds.zoho.api.success", 200, 0),
    ]
    assert not Event.objects.filter(name__startswith="tds.zoho.api").exists()  # the ledger keeps their sums


@pytest.mark.parametrize(
    ("order", "kind", "words"),
    [
        ({"status": 404, "code": 1002, "message": "Item does not exist."}, NotFound, "does not exist"),
        ({"status": 404, "code": 5}, UnknownPath, "plan"),
        ({"status": 404, "code": 99}, Refused, "code 99"),
        ({"status": 400, "code": 2, "message": "Invalid value passed for page"}, Refused, "Invalid value"),
        ({"status": 400, "code": 6041}, AuthError, "no access to organisation 700000001"),
        ({"status": 403, "code": 9000}, Refused, "HTTP 403"),
        ({"status": 200, "code": 1002}, Refused, "code 1002"),  # only a 404 says that a record is gone
        ({"status": 200, "code": 4000}, Refused, "code 4000"),
    ],
)
def test_a_refusal_is_told_and_not_repeated(client, zoho, api_calls, order, kind, words):
    zoho.order_fault("status", path="/items", times=None, **order)

    with pytest.raises(ZohoError, match=words) as refusal:
        client.get("items")

    assert type(refusal.value) is kind
    assert refusal.value.code == order["code"]
    assert len(api_calls()) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(client, zoho, zoho_server, api_calls, status):
    zoho.order_fault(
        "redirect", path="/items", status=status, location=f"{zoho_server.url}/inventory/v1/contacts"
    )

    with pytest.raises(Refused, match=r"redirect.*not followed"):
        client.get("items")

    assert [call["path"] for call in api_calls()] == ["/items"]


def test_an_unreachable_zoho_is_told_with_its_address_and_the_setting(client, settings):
    client.get("items")  # there is a token
    settings.ZOHO = settings.ZOHO | {"API_BASE_URL": "http://127.0.0.1:1"}

    with pytest.raises(
        ZohoUnavailable,
        match=r"not reachable at http://127.0.0.1:1 \(connection refused\).*ZOHO_API_BASE_URL",
    ) as failure:
        client.get("items", {"search_text": "private"})

    assert "private" not in str(failure.value)
    assert failure.value.__cause__ is None


@pytest.mark.parametrize("fault", ["drip", "silence"])
def test_a_call_ends_at_its_deadline_however_slowly_zoho_speaks(client, zoho, settings, fault):
    client.get("items")
    settings.ZOHO = settings.ZOHO | {"CALL_SECONDS": 1}
    zoho.order_fault(fault, path="/items", delay=600, times=None)

    with pytest.raises(ZohoUnavailable, match="in time"):
        client.get("items")

    assert client.calls_count == 2  # the deadline is for all attempts together
    assert not CallSlot.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("gzip", [True, False])
def test_an_answer_without_end_is_not_read_into_memory(client, zoho, api_calls, gzip):
    zoho.order_fault("bomb", path="/items", gzip=gzip, times=None)

    with pytest.raises(ZohoUnavailable, match="larger than"):
        client.get("items")

    assert len(api_calls()) == 1  # it would be as large again


def test_packed_answers_are_unpacked(client, zoho):
    zoho.settings(gzip=True)

    assert client.get("items").rows("items")


def test_a_list_of_the_wrong_type_is_refused(client, zoho):
    zoho.order_fault("wrong_type", path="/items")

    with pytest.raises(PayloadError, match="wrong type"):
        client.get("items").rows("items")


def test_the_token_appears_in_no_address_no_log_and_no_error(client, zoho, organization, caplog):
    caplog.set_level(logging.DEBUG)
    zoho.order_fault("reset", path="/items", times=None)
    with pytest.raises(ZohoUnavailable) as failure:
        client.get("items")
    from zoho_sync.models import OAuthToken

    row = OAuthToken.objects.get(organization=organization)
    told = caplog.text + repr(failure.value) + repr(zoho.calls())
    for secret in (row.access_token, row.refresh_token, row.client_secret):
        assert secret not in told


def test_a_password_of_the_machine_never_takes_the_tokens_place(client, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    assert client.get("items").code == 0


def test_a_proxy_of_the_environment_does_not_catch_this_machines_stand_in(client, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert client.get("items").code == 0


@pytest.mark.parametrize("path", ["items/../contacts", "", "items//1", "./items"])
def test_a_path_that_wanders_is_not_sent(client, api_calls, path):
    with pytest.raises(Refused, match="no path"):
        client.get(path)

    assert api_calls() == []


def test_an_id_full_of_odd_characters_stays_one_segment(client, api_calls):
    with pytest.raises(NotFound):
        client.get("items/1?x=2#ä")

    assert len(api_calls()) == 1


def test_an_image_comes_as_bytes_with_its_type(client, zoho):
    item = next(item for item in zoho.records("items") if item.get("image_name"))

    kind, body = client.get_bytes(f"items/{item['item_id']}/image")

    assert kind.startswith("image/")
    assert len(body) > 50


def test_an_error_in_place_of_an_image_is_an_error(client, zoho):
    zoho.order_fault("code", path="/items/*/image", code=1002, times=None)

    with pytest.raises(Refused):
        client.get_bytes(f"items/{zoho.ids('items')[0]}/image")


def test_an_image_beyond_its_limit_is_not_read(client, zoho):
    item = next(item for item in zoho.records("items") if item.get("image_name"))

    with pytest.raises(ZohoUnavailable, match="larger than 10 bytes"):
        client.get_bytes(f"items/{item['item_id']}/image", max_bytes=10)


def test_books_is_reached_by_its_own_root(client, api_calls):
    client.get("contacts", api="books")

    assert api_calls()[0]["api"] == "books"


def test_a_call_in_another_thread_can_be_interrupted(organization, zoho):
    zoho.order_fault("silence", path="/items", delay=60)
    caught = []

    with ZohoClient(organization) as client:
        client.get("contacts")

        def call():
            try:
                client.get("items")
            except SyncError as error:
                caught.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=call)
        thread.start()
        while not CallSlot.objects.filter(ended_at=None).exists():
            time.sleep(0.02)
        while thread.is_alive():
            client.interrupt()
            thread.join(0.2)

        assert len(caught) == 1
        assert not CallSlot.objects.filter(ended_at=None).exists()
        assert client.get("items").code == 0
