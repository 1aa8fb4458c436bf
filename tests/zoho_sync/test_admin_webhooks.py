"""Webhooks in the admin: who may see and press what, that looking changes nothing, and that no secret is shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventory.models import Organization
from tests.factories import (
    NOON,
    AdministratorFactory,
    OrganizationFactory,
    ProductFactory,
    SyncRunFactory,
    UserFactory,
    WebhookDeliveryFactory,
    WebhookExpectationFactory,
)
from zoho_sync.models import SyncRun, WebhookDelivery, WebhookExpectation, WebhookGap, WebhookSecret
from zoho_sync.webhooks.keys import make_secret

pytestmark = pytest.mark.django_db
Status = WebhookDelivery.Status
NAME = "admin:zoho_sync_webhook"
LIST, SETUP, COVERAGE = (reverse(f"{NAME}delivery_{page}") for page in ("changelist", "setup", "coverage"))
SECRETS, MAKE = reverse(f"{NAME}secret_changelist"), reverse(f"{NAME}secret_add")
EXPECTATIONS, EXPECT = reverse(f"{NAME}expectation_changelist"), reverse(f"{NAME}expectation_add")
EVIL = "<script>alert(1)</script>"
VIEW = ["view_webhookdelivery", "view_webhooksecret", "view_webhookexpectation"]


@pytest.fixture
def staff(client):
    client.force_login(AdministratorFactory())
    return client


@pytest.fixture
def enter(client):
    """enter("codename", …) -> a browser of a person who may do just that."""

    def log_in(*codenames: str):
        person = UserFactory()
        person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(person)
        return client

    return log_in


def page_of(row, page: str = "change") -> str:
    return reverse(f"admin:zoho_sync_{row._meta.model_name}_{page}", args=[row.pk])


def secret_of(name: str = "main") -> tuple[WebhookSecret, str]:
    return make_secret(OrganizationFactory(), name)


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def states() -> list[str]:
    return list(WebhookDelivery.objects.order_by("pk").values_list("status", flat=True))


def world() -> list[dict]:
    """Everything that a button could have changed."""
    models = (WebhookDelivery, WebhookSecret, WebhookExpectation, WebhookGap, SyncRun, Organization)
    return [model_to_dict(row) | {"pk": row.pk} for model in models for row in model.objects.order_by("pk")]


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


LOOKING = {"list", "delivery", "coverage", "set up", "stages", "live"}


# --- Who may what ------------------------------------------------------------------------------------


def test_strangers_are_sent_to_the_login_from_every_page(client):
    for name, url in every_page().items():
        for answer in (client.get(url), client.post(url)):
            assert (answer.status_code, "/login/" in answer["Location"]) == (302, True), name


def test_staff_without_a_right_see_and_do_nothing(enter):
    pages, browser = every_page(), enter()
    before = world()

    for name, url in pages.items():
        assert (browser.get(url).status_code, browser.post(url).status_code) == (403, 403), name
    assert world() == before


def test_who_may_only_look_sees_deliveries_and_changes_nothing(enter):
    pages, browser = every_page(), enter("view_webhookdelivery")
    before = world()

    for name, url in pages.items():
        assert browser.get(url).status_code == (200 if name in LOOKING else 403), name
        if name not in LOOKING:
            assert browser.post(url).status_code == 403, name
    browser.post(LIST, {"action": "replay_selected", "_selected_action": [1, 2], "confirmed": "yes"})
    assert world() == before


def test_buttons_are_shown_to_those_who_may_press_them(enter):
    pages = every_page()

    browser = enter("view_webhookdelivery")
    for name in ("list", "delivery", "set up"):
        assert "replay_one" not in text(browser.get(pages[name]))
        assert "Try all dead letters again" not in text(browser.get(pages[name]))
        assert "Send a test delivery" not in text(browser.get(pages[name]))
    browser = enter("view_webhookdelivery", "replay_webhookdelivery")
    assert "Try all dead letters again" in text(browser.get(LIST))
    assert "replay_one" in text(browser.get(pages["delivery"]))
    assert "Send a test delivery" in text(browser.get(SETUP))


def test_no_get_changes_anything(staff):
    pages = every_page()
    SyncRunFactory()
    before = world()

    for name, url in pages.items():
        assert staff.get(url).status_code in (200, 302), name
    assert world() == before


def test_nobody_edits_or_deletes_a_delivery(staff):
    delivery = WebhookDeliveryFactory()

    assert staff.post(page_of(delivery, "delete"), {"post": "yes"}).status_code == 403
    staff.post(page_of(delivery), {"subject": "contact", "status": "dead"})
    delivery.refresh_from_db()
    assert (delivery.subject, delivery.status) == ("item", Status.RECEIVED)


# --- Deliveries --------------------------------------------------------------------------------------


def test_the_list_shows_record_state_result_and_run(staff):
    product = ProductFactory(name="كيبل شبكة")
    run = SyncRunFactory()
    WebhookDeliveryFactory(
        record_id=product.external_id, status=Status.APPLIED, result="changed", seconds=2.34, run=run,
        is_duplicate=True,
    )  # fmt: skip

    shown = text(staff.get(LIST))

    assert reverse("admin:inventory_product_change", args=[product.pk]) in shown
    for part in (
        "كيبل شبكة",
        product.external_id,
        "the record was written",
        "2.3 s",
        f"#{run.pk}",
        "repeated",
    ):
        assert part in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status__exact=dead", {"dead"}),
        ("status__in=received,failed", {"waiting", "old", "test"}),
        ("subject=contact", {"contact"}),
        ("is_test__exact=1", {"test"}),
        ("received=hour", {"dead", "waiting", "contact", "test"}),
        ("received_until=2026-11-20T12:01", {"old"}),
        ("received_from=2026-11-20T12:01", {"dead", "waiting", "contact", "test"}),
        ("received_from=nonsense", set()),
        ("received=nonsense", set()),
        ("q=id-dead", {"dead"}),
        ("q=id-dea", set()),
        ("q=3d819e04-4fc4-45f8-b94b-8935d348f973", {"waiting"}),
        ("run__id__exact=999999", set()),
    ],
)
def test_it_is_narrowed_down_by(staff, query, found):
    WebhookDeliveryFactory(record_id="id-dead", status=Status.DEAD)
    WebhookDeliveryFactory(record_id="id-waiting", event_id="3d819e04-4fc4-45f8-b94b-8935d348f973")
    WebhookDeliveryFactory(record_id="id-contact", subject="contact", status=Status.APPLIED)
    WebhookDeliveryFactory(record_id="id-test", is_test=True)
    WebhookDeliveryFactory(record_id="id-old", received_at=NOON)  # 12:00 in Baghdad

    changelist = staff.get(f"{LIST}?{query}").context_data["cl"]

    assert {row.record_id.removeprefix("id-") for row in changelist.result_list} == found


def test_the_page_shows_its_way_its_items_and_its_sisters(staff):
    product = ProductFactory(name="Toner 85A")
    sister = WebhookDeliveryFactory(subject="invoice", record_id="77", status=Status.DEAD)
    delivery = WebhookDeliveryFactory(
        subject="invoice", record_id="77", item_ids=[product.external_id, "404"], status=Status.FAILED,
        reason="Zoho was away", run=SyncRunFactory(), next_attempt_at=timezone.now() + timedelta(minutes=9),
        query="event=edited", replayed_at=NOON, replayed_by="zaid",
    )  # fmt: skip

    shown = text(staff.get(page_of(delivery)))

    for part in (
        "Zoho was away",
        "Toner 85A",
        "404",
        "event=edited",
        "zaid",
        page_of(sister),
        str(delivery.event_id),
    ):
        assert part in shown


@pytest.mark.parametrize(
    ("body", "content_type", "parts"),
    [
        (b'{"item":{"rate":12500.00}}', "application/json", ["&quot;rate&quot;: 12500.00"]),
        (b"JSONString=%7B%7D&name=a%2Bb", "application/x-www-form-urlencoded", ["JSONString", "a+b"]),
        (b"\xff\xfe\x00abc", "application/octet-stream", ["ff fe 00 61 62 63", "...abc"]),
        (b"a\x1b[31mred", "text/plain", ["61 1b 5b 33 31 6d"]),  # a terminal's command is not text either
        (b"", "application/json", ["It is empty."]),
        (b"not json {", "application/json", ["not json {"]),
    ],
)
def test_the_body_is_shown_as_what_it_is(staff, body, content_type, parts):
    shown = text(staff.get(page_of(WebhookDeliveryFactory(body=body, content_type=content_type))))

    assert [part for part in parts if part not in shown] == []


def test_nothing_that_a_sender_writes_becomes_part_of_the_page(staff):
    evil = WebhookDeliveryFactory(
        subject="", record_id=EVIL[:64], event_type=EVIL, source_event_id=EVIL, query=EVIL, content_type=EVIL,
        headers={EVIL: EVIL}, item_ids=[EVIL], reason=EVIL, body=f'{{"a":"</pre>{EVIL}"}}'.encode(), door=EVIL,
        secret_name=EVIL, replayed_by=EVIL, replayed_at=NOON,
    )  # fmt: skip
    form = WebhookDeliveryFactory(
        body=f"{EVIL}={EVIL}".encode(), content_type="application/x-www-form-urlencoded"
    )
    WebhookDeliveryFactory(record_id=EVIL, is_test=True)

    for url in (LIST, page_of(evil), page_of(form), COVERAGE, SETUP, f"{LIST}?q={EVIL}&received_from={EVIL}"):
        assert EVIL not in text(staff.get(url)), url


def test_a_million_deliveries_would_not_be_loaded_to_show_fifty(staff):
    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get(LIST)
        assert not any('"body"' in each["sql"] for each in captured.captured_queries)
        return len(captured)

    WebhookDeliveryFactory(record_id=ProductFactory().external_id, run=SyncRunFactory())
    few = questions()
    for _each in range(20):
        WebhookDeliveryFactory(record_id=ProductFactory().external_id, run=SyncRunFactory())

    assert questions() == few


# --- Replaying ---------------------------------------------------------------------------------------


def test_one_is_replayed_on_its_page_after_asking(staff):
    delivery = WebhookDeliveryFactory(status=Status.DEAD, attempts_count=5)

    assert "csrfmiddlewaretoken" in text(staff.get(page_of(delivery, "replay_one")))
    assert states() == [Status.DEAD]
    staff.post(page_of(delivery, "replay_one"))

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.RECEIVED, 0)
    assert delivery.replayed_by.startswith("administrator")


def test_chosen_ones_are_replayed_after_asking(staff):
    first, second, _third = (WebhookDeliveryFactory(status=Status.DEAD) for _each in range(3))
    chosen = {"action": "replay_selected", "_selected_action": [first.pk, second.pk]}

    assert "csrfmiddlewaretoken" in text(staff.post(LIST, chosen | {"index": "0"}))
    assert states() == [Status.DEAD] * 3
    staff.post(LIST, chosen | {"confirmed": "yes"})

    assert states() == [Status.RECEIVED, Status.RECEIVED, Status.DEAD]


def up_to(asked: str) -> str:
    return asked.split('name="up_to" value="')[1].split('"')[0]


def test_everything_in_a_filter_is_replayed_on_all_its_pages_and_nothing_else(staff):
    for _each in range(60):
        WebhookDeliveryFactory(subject="contact", status=Status.APPLIED)
    other = WebhookDeliveryFactory(status=Status.APPLIED)
    listed = text(staff.get(f"{LIST}?subject=contact&p=2"))
    url = reverse(NAME + "delivery_replay_matching") + "?subject=contact"
    assert "Replay everything in this filter" in listed

    asked = text(staff.get(f"{url}&p=2"))
    assert ">60<" in asked
    later = WebhookDeliveryFactory(subject="contact", status=Status.APPLIED)
    staff.post(url, {"up_to": up_to(asked)})

    for row in (other, later):  # neither what does not match, nor what nobody was asked about
        row.refresh_from_db()
        assert row.status == Status.APPLIED
    assert states().count(Status.RECEIVED) == 60


def test_without_a_filter_there_is_no_button_for_everything(staff):
    WebhookDeliveryFactory()

    assert "Replay everything in this filter" not in text(staff.get(LIST))


@pytest.mark.parametrize("body", [{}, {"up_to": "x"}, {"up_to": "-1"}])
def test_a_confirmation_that_was_not_asked_for_replays_nothing(staff, body):
    WebhookDeliveryFactory(subject="contact", status=Status.DEAD)

    staff.post(reverse(NAME + "delivery_replay_matching") + "?subject=contact", body)
    staff.post(reverse(NAME + "delivery_replay_dead"), body)

    assert states() == [Status.DEAD]


def test_a_filter_that_cannot_be_read_replays_nothing(staff):
    WebhookDeliveryFactory(status=Status.APPLIED)
    url = reverse(NAME + "delivery_replay_matching") + "?no_such_column=1"

    staff.post(url, {"up_to": "999"})

    assert states() == [Status.APPLIED]


def test_one_button_tries_every_dead_letter_again(staff):
    WebhookDeliveryFactory(status=Status.DEAD)
    WebhookDeliveryFactory(status=Status.DEAD, subject="contact")
    WebhookDeliveryFactory(status=Status.APPLIED)
    url = reverse(NAME + "delivery_replay_dead")
    assert url in text(staff.get(LIST))

    staff.post(url, {"up_to": up_to(text(staff.get(url)))})

    assert states() == [Status.RECEIVED, Status.RECEIVED, Status.APPLIED]
    assert url not in text(staff.get(LIST))


def test_what_is_being_applied_is_left_alone(staff):
    delivery = WebhookDeliveryFactory(status=Status.PROCESSING)

    assert "replay_one" not in text(staff.get(page_of(delivery)))
    answer = staff.post(page_of(delivery, "replay_one"), follow=True)

    assert "Nothing was replayed" in text(answer)
    assert states() == [Status.PROCESSING]


# --- Secrets -----------------------------------------------------------------------------------------


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
        ({"name": "new", "value": "short"}, "Zoho takes 12 to 50 letters and digits"),
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


# --- Set-up, coverage, expectations ------------------------------------------------------------------


def test_the_setup_page_names_the_address_of_every_subject(staff, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": "https://erp.example.iq/"}
    OrganizationFactory()

    shown = text(staff.get(SETUP))

    for door in ("products", "customers", "prices", "invoices", "credit-notes", "users"):
        assert f">https://erp.example.iq/api/zoho/webhooks/{door}</code>" in shown
    assert "cannot reach" not in shown
    assert "begins with http," not in shown
    assert "There is no secret yet" in shown


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://localhost:8000", "Zoho cannot reach localhost"),
        ("https://192.168.1.5", "Zoho cannot reach 192.168.1.5"),
        ("https://[::1]:8000", "Zoho cannot reach ::1"),
        ("https://office", "Zoho cannot reach office"),
        ("http://erp.example.iq", "This address begins with http,"),
    ],
)
def test_an_address_that_zoho_cannot_use_is_said(staff, settings, address, sentence):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": address}

    assert sentence in text(staff.get(SETUP))


def test_without_the_setting_the_browsers_own_address_is_shown(staff):
    assert "http://testserver/api/zoho/webhooks/products" in text(staff.get(SETUP))


def test_coverage_leads_to_the_deliveries_that_it_counts(staff):
    WebhookDeliveryFactory(status=Status.DEAD)
    WebhookDeliveryFactory(status=Status.APPLIED, seconds=1.5)

    row = text(staff.get(COVERAGE)).split("<td>Items</td>")[1].split("</tr>")[0]

    assert "subject=item&amp;is_test__exact=0&amp;status__exact=dead" in row
    assert "1.5 s" in row
    listed = staff.get(f"{LIST}?subject=item&is_test__exact=0&status__exact=dead").context_data["cl"]
    assert listed.result_count == 1


def test_a_silent_subject_is_said_on_coverage_and_home(staff):
    WebhookExpectationFactory(
        subject="invoice", silence_hours=1, changed_at=NOON - timedelta(days=400), silent_since=NOON
    )

    assert "Invoices is silent" in text(staff.get(COVERAGE))
    assert "No webhook comes any more about: Invoices." in text(staff.get("/admin/"))


def test_home_counts_dead_letters_for_those_who_may_see_them(enter):
    WebhookDeliveryFactory(status=Status.DEAD)

    assert "1 dead letter" in text(enter("view_syncrun", "view_webhookdelivery").get("/admin/"))
    assert "dead letter" not in text(enter("view_syncrun").get("/admin/"))


FORM = {
    "subject": "item",
    "is_expected": "on",
    "silence_hours": "6",
    "weekdays": ["6", "0"],
    "from_hour": "9",
}


def test_an_expectation_is_set_and_starts_from_now(staff):
    OrganizationFactory()

    assert staff.post(EXPECT, FORM | {"to_hour": "17"}).status_code == 302

    made = WebhookExpectation.objects.get()
    assert (made.subject, made.silence_hours, made.weekdays, made.from_hour, made.to_hour) == (
        "item",
        6,
        [6, 0],
        9,
        17,
    )
    assert timezone.now() - made.changed_at < timedelta(minutes=5)


def test_changing_an_expectation_ends_the_silence_of_the_former(staff):
    row = WebhookExpectationFactory(silent_since=NOON, backfilled_at=NOON, changed_at=NOON)

    staff.post(page_of(row), FORM | {"to_hour": "24"})

    row.refresh_from_db()
    assert (row.silent_since, row.backfilled_at) == (None, None)
    assert row.changed_at > NOON


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"to_hour": "9"}, "The working time must end after it begins."),
        ({"to_hour": "17", "subject": "contact"}, "There is an expectation of this subject already."),
        ({"to_hour": "17", "silence_hours": "0"}, "greater than or equal to 1"),
        ({"to_hour": "25"}, "less than or equal to 24"),
        ({"to_hour": "17", "subject": "nonsense"}, "not one of the available choices"),
        ({"to_hour": "17", "weekdays": ["9"]}, "not one of the available choices"),
    ],
)
def test_an_expectation_without_meaning_is_refused_with_a_sentence(staff, change, sentence):
    WebhookExpectationFactory(subject="contact")

    assert sentence in text(staff.post(EXPECT, FORM | change))
    assert WebhookExpectation.objects.count() == 1


def test_every_page_is_served_in_arabic_from_right_to_left(staff):
    pages = every_page()

    for name, url in pages.items():
        if name not in ("live", "trial"):
            shown = text(staff.get(url, headers={"accept-language": "ar"}))
            assert 'dir="rtl"' in shown, name


# --- The test delivery -------------------------------------------------------------------------------


def test_a_test_that_cannot_be_delivered_says_so(staff, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": "http://127.0.0.1:9"}  # nobody listens there
    secret_of()

    shown = text(staff.post(reverse(NAME + "delivery_trial"), {"subject": "item"}, follow=True))

    assert "The test delivery was not taken." in shown
    assert not WebhookDelivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_test_delivery_is_sent_to_ourselves_and_its_stages_are_shown(live_server, staff, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": live_server.url}
    secret_of()

    answer = staff.post(reverse(NAME + "delivery_trial"), {"subject": "item"}, follow=True)

    delivery = WebhookDelivery.objects.get()
    assert delivery.is_test
    shown = text(answer)
    for part in ("Sent", "Answered", "Stored", "data-live-url", page_of(delivery)):
        assert part in shown
    live = staff.get(reverse(NAME + "delivery_trial_live", args=[delivery.event_id])).json()
    assert live["ended"] is False

    WebhookDelivery.objects.update(status=Status.APPLIED, settled_at=timezone.now())
    after = staff.get(reverse(NAME + "delivery_trial_live", args=[delivery.event_id])).json()
    assert (after["ended"], after["state"] != live["state"]) == (True, True)
    shown = text(staff.get(reverse(NAME + "delivery_trial_stages", args=[delivery.event_id])))
    assert "came through every stage" in shown
    assert "data-live-url" not in shown


def test_only_tests_have_a_page_of_stages(staff):
    real = WebhookDeliveryFactory()

    assert staff.get(reverse(NAME + "delivery_trial_stages", args=[real.event_id])).status_code == 404
