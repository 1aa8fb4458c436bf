"""Whatever staff change or decide leaves a line: who, when, from where, by which door, what, before and after."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django_q.models import Schedule

from inventory.integrity import decisions
from inventory.models import Product
from monitoring import alerts
from monitoring.models import AlertChannel
from tests.access.conftest import bearer, token_of
from tests.factories import FindingFactory, OAuthTokenFactory, ProductFactory, SyncRunFactory, UserFactory
from tests.monitoring.alerts.conftest import breach, rule_for
from tsh_erp.access.models import ApiToken
from tsh_erp.access.tokens import revoke
from tsh_erp.audit.models import AuditLine
from zoho_sync import decisions as of_runs
from zoho_sync import starts
from zoho_sync.models import OAuthToken, SyncRun
from zoho_sync.options import SyncMode, SyncOptions, Trigger
from zoho_sync.webhooks.keys import end_secret, make_secret
from zoho_sync.zoho import tokens

pytestmark = pytest.mark.django_db
What = AuditLine.What


def test_a_change_in_the_admin_says_who_from_where_and_what_it_was_before(page, ruler, lines):
    product = ProductFactory(notes="old words")
    form = {"reorder_point": "5", "is_hidden": "on", "notes": "new words"}
    answer = page.post(reverse("admin:inventory_product_change", args=[product.pk]), form)
    assert answer.status_code == 302

    [line] = lines(table="inventory.product")
    assert (line.what, line.user_id, line.user_name) == ("changed", ruler.pk, "ruler")
    assert (line.door, line.address) == ("admin", "203.0.113.7")
    assert (line.object_id, line.object_name) == (str(product.pk), str(product))
    assert line.changes == {
        "reorder_point": [None, "5"],
        "is_hidden": [False, True],
        "notes": ["old words", "new words"],
    }
    assert len(line.request_id) == 32


def test_what_a_form_leaves_as_it_was_leaves_no_line(page, lines):
    product = ProductFactory(notes="words")
    page.post(reverse("admin:inventory_product_change", args=[product.pk]), {"notes": "words"})
    assert lines(table="inventory.product") == []


def test_a_decision_by_the_api_names_the_token(ruler, lines):
    run = SyncRunFactory(status=SyncRun.Status.QUARANTINED)
    token, text = token_of(ruler, name="phone")
    client = Client(REMOTE_ADDR="198.51.100.4", headers=bearer(text))
    answer = client.post(f"/api/v1/runs/{run.pk}/reject/", "{}", content_type="application/json")
    assert answer.status_code == 200, answer.content

    [line] = lines(table="zoho_sync.syncrun")
    assert (line.what, line.user_name, line.address) == ("rejected", "ruler", "198.51.100.4")
    assert (line.door, line.door_name) == ("token", f"phone (tsh_{token.prefix}_…)")
    assert line.changes == {"status": ["quarantined", "cancelled"]}


def test_who_starts_a_run_is_told_and_what_starts_by_itself_is_not(page, lines):
    organization = OAuthTokenFactory().organization
    options = SyncOptions(entity="customers", mode=SyncMode.FULL)
    starts.start_run(options, trigger=Trigger.SCHEDULE, organization=organization)
    assert lines(table="zoho_sync.syncrun") == []

    body = {"entity": "products", "mode": "full", "organization": organization.external_id}
    answer = page.post("/api/v1/runs/", json.dumps(body), content_type="application/json")
    assert answer.status_code == 202, answer.content

    [line] = lines(table="zoho_sync.syncrun")
    assert (line.what, line.user_name, line.address) == ("started", "ruler", "203.0.113.7")
    assert line.changes == {"entity": [None, "products"], "mode": [None, "full"]}


@pytest.mark.django_db(transaction=True)
def test_a_command_names_itself_and_the_machines_account(command, lines, capsys):
    UserFactory(username="shop")
    before = AuditLine.objects.count()
    words = ("shop", "--name", "Shop window", "--scope", "read", "--never-expires")
    assert command("create_api_token", *words) == 0

    [line] = lines(table="access.apitoken")
    assert AuditLine.objects.count() == before + 1
    assert (line.what, line.door, line.door_name) == ("added", "command", "create_api_token")
    assert line.user_name == "" and "@" in line.address
    assert line.changes["name"] == [None, "Shop window"]
    assert line.changes["user"][1].startswith("shop (#")


def test_what_is_undone_leaves_no_line(lines):
    with transaction.atomic():
        Group.objects.create(name="Night shift")
        assert len(lines(table="auth.group")) == 1
        transaction.set_rollback(True)
    assert lines(table="auth.group") == []


@pytest.mark.django_db(transaction=True)
def test_a_line_that_cannot_be_written_takes_the_change_along(monkeypatch):
    """Also where nobody has begun a transaction."""

    def fail(*_words, **_named):
        raise RuntimeError("no room")

    monkeypatch.setattr("tsh_erp.audit.receivers.write", fail)
    with pytest.raises(RuntimeError, match="no room"):
        Group.objects.create(name="Night shift")
    assert not Group.objects.exists()


def test_rights_that_are_given_and_taken_are_named(ruler, lines):
    user, group = UserFactory(username="ali"), Group.objects.create(name="Night shift")
    right = Permission.objects.get(content_type__app_label="inventory", codename="view_product")
    group.permissions.set([right])
    group.user_set.add(user)  # from the other side, and told of the user all the same
    user.groups.clear()
    group.permissions.set([])

    assert [line.changes for line in lines(table="auth.group")][1:] == [
        {"permissions": [[], ["inventory.view_product"]]},
        {"permissions": [["inventory.view_product"], []]},
    ]
    assert [line.changes for line in lines(table="auth.user", object_id=str(user.pk), what="changed")] == [
        {"groups": [[], ["Night shift"]]},
        {"groups": [["Night shift"], []]},
    ]


def test_the_lines_of_a_user_who_is_deleted_stay_with_his_name(page, lines):
    ali = UserFactory(username="ali")
    ali.groups.add(Group.objects.create(name="Night shift"))
    alerts.acknowledge(alerts.open_alert(rule_for(), breach()), ali)
    page.post(reverse("admin:auth_user_delete", args=[ali.pk]), {"post": "yes"})

    assert not User.objects.filter(username="ali").exists()
    [of_ali] = lines(what="acknowledged")
    assert of_ali.user_name == "ali"
    [deleted] = lines(table="auth.user", what="deleted")
    assert (deleted.object_name, deleted.user_name) == ("ali", "ruler")
    assert deleted.changes["groups"] == [["Night shift"], []]


# --- Secrets -----------------------------------------------------------------------------------------

SECRETS = (
    "pass-word-one-9",
    "pass-word-two-9",
    "client-secret-1",
    "refresh-token-1",
    "refresh-token-2",
    "hooks-xyz",
)


def test_no_secret_is_ever_in_a_line(lines):
    user = UserFactory(username="ali")
    user.set_password(SECRETS[0])
    user.save()
    _token, text = token_of(user)
    organization = SyncRunFactory().organization
    for refresh in SECRETS[3:5]:
        tokens.store(organization, tokens.Credentials("com", "the-client", SECRETS[2], refresh))
    _secret, plain = make_secret(organization, "first")
    channel = AlertChannel.objects.create(name="slack", kind="slack", secrets=json.dumps({"url": SECRETS[5]}))
    channel.secrets = json.dumps({"url": SECRETS[1]})
    channel.save()
    tokens.forget(organization)

    told = json.dumps([[line.changes, line.note, line.object_name] for line in lines()])
    assert [each for each in (*SECRETS, plain, text, text.rpartition("_")[2]) if each in told] == []
    digests = [user.password, ApiToken.objects.get().digest]
    assert [each for each in digests if each in told] == []
    [changed] = lines(table="auth.user", what="changed")
    assert changed.changes == {"password": None}
    assert lines(table="zoho_sync.oauthtoken", what="changed")[0].changes == {"refresh_token": None}
    assert lines(table="monitoring.alertchannel", what="changed")[0].changes == {"secrets": None}
    assert [line.what for line in lines(table="zoho_sync.oauthtoken")] == ["added", "changed", "deleted"]


def test_a_connection_whose_secrets_cannot_be_read_any_more_is_still_forgotten(settings, lines):
    organization = SyncRunFactory().organization
    tokens.store(organization, tokens.Credentials("com", "the-client", "secret", "refresh"))
    settings.SECRET_KEY = "another-key-that-opens-nothing"
    tokens.forget(organization)
    assert not OAuthToken.objects.exists()
    assert lines(table="zoho_sync.oauthtoken")[-1].what == "deleted"


# --- Decisions that are one statement ----------------------------------------------------------------


def test_findings_that_are_decided_leave_a_line_each(ruler, lines):
    first, second = FindingFactory(), FindingFactory()
    decisions.accept([first.pk, second.pk], ruler, "known for years")
    decisions.assign([first.pk], ruler, ruler)

    accepted = lines(table="inventory.finding", what="accepted")
    assert [line.object_id for line in accepted] == [str(first.pk), str(second.pk)]
    assert {line.note for line in accepted} == {"known for years"}
    assert accepted[0].changes == {"state": ["open", "accepted"]}
    assert lines(what="assigned")[0].changes == {"owner": [None, "ruler"]}


def test_a_decision_that_is_refused_leaves_no_line(ruler, lines):
    with pytest.raises(decisions.DecisionError):
        decisions.reopen([FindingFactory().pk], ruler)
    run = SyncRunFactory(status=SyncRun.Status.SUCCEEDED)
    with pytest.raises(of_runs.RunStateError):
        of_runs.cancel_run(run, user=ruler)
    assert lines(table="inventory.finding") == lines(table="zoho_sync.syncrun") == []


def test_alerts_tokens_and_webhook_secrets(ruler, lines):
    alert = alerts.open_alert(rule_for(), breach())
    alerts.acknowledge(alert, ruler, "I am on it")
    token, _text = token_of(ruler)
    revoke(token, by=ruler)
    secret, _plain = make_secret(SyncRunFactory().organization, "first", user=ruler)
    end_secret(secret)

    [told] = lines(table="monitoring.alert")
    assert (told.what, told.note, told.user_name) == ("acknowledged", "I am on it", "ruler")
    assert [line.what for line in lines(table="access.apitoken")] == ["added", "revoked"]
    assert "expires_at" in lines(table="zoho_sync.webhooksecret")[1].changes


def test_who_signs_in_and_out(lines):
    user = UserFactory(username="ali", is_staff=True)
    user.set_password("pass-word-one-9")
    user.save()
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.post("/admin/login/", {"username": "ali", "password": "pass-word-one-9"})
    client.post("/admin/logout/")

    came, went = lines(what__in=["signed_in", "signed_out"])
    assert (came.what, went.what) == ("signed_in", "signed_out")
    assert came.user_name == went.user_name == "ali"
    assert came.address == "203.0.113.9"


# --- What is none of it ------------------------------------------------------------------------------


def test_the_mirrors_own_writes_are_none_of_it(django_assert_num_queries, lines):
    product = ProductFactory()
    product.unit_price = 7
    with django_assert_num_queries(1):
        product.save(update_fields=["unit_price"])
    Product.objects.update(name="another")
    assert lines(table="inventory.product") == []


def test_a_sign_in_asks_nothing_of_the_columns_that_nobody_decides_about(django_assert_num_queries):
    user = UserFactory()
    with django_assert_num_queries(1):
        user.save(update_fields=["last_login"])


def test_a_schedule_is_told_by_its_name(lines):
    Schedule.objects.create(
        name="Products", func="zoho_sync.tasks.start_scheduled", schedule_type=Schedule.DAILY
    )

    assert [line.object_name for line in lines(table="django_q.schedule")] == ["Products"]
