"""Findings through the API: listed, filtered, told in words, and decided about."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.models import OrmQ

from inventory.models import Finding
from tests.factories import (
    FindingFactory,
    OrganizationFactory,
    ProductFactory,
    StockLevelFactory,
    UserFactory,
)

from .conftest import Visitor

pytestmark = pytest.mark.django_db
State = Finding.State


@pytest.fixture
def zainab(db) -> Visitor:
    user = UserFactory(username="zainab", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("view_finding", "decide_finding")))
    return Visitor(user)


def labels(answer) -> list[str]:
    return [each["name"] for each in answer["results"]]


def test_a_finding_is_told_in_words_with_its_facts(zainab):
    finding = FindingFactory(label="Cable", code="", subject_id=17)
    (row,) = zainab.get("findings/")["results"]

    assert (row["said"], row["title"]) == ("Cable has no SKU.", "Products without a SKU")
    assert (row["check"], row["severity"], row["state"]) == ("missing_skus", "info", "open")
    assert (row["subject"], row["subject_id"], row["facts"]) == ("product", "17", {"name": "Cable"})
    detail = zainab.get(row["url"])
    assert detail["id"] == str(finding.pk)
    assert detail["history"] == []
    assert "no scanner knows it" in detail["meaning"]


def test_only_open_ones_are_told_unless_others_are_asked_for(zainab):
    product = ProductFactory()
    FindingFactory(label="A", subject_id=product.pk, check_key="under_cost", severity="error")
    FindingFactory(label="B", state=State.CLOSED)
    FindingFactory(label="C", state=State.IGNORED, owner=zainab.user)

    assert labels(zainab.get("findings/")) == ["A"]
    assert sorted(labels(zainab.get("findings/?state=closed&state=ignored"))) == ["B", "C"]
    assert labels(zainab.get(f"findings/?product={product.external_id}&check=under_cost&severity=error")) == [
        "A"
    ]
    assert labels(zainab.get("findings/?state=ignored&owner=zainab")) == ["C"]
    zainab.get("findings/?check=nonsense", status=400)
    zainab.get("findings/?chek=under_cost", status=400)


def test_findings_go_out_as_csv(zainab):
    FindingFactory(label="Cable")
    answer = zainab.get("findings/?format=csv&fields=check,said")
    assert answer.json.decode().splitlines()[1] == "missing_skus,Cable has no SKU."


def test_findings_are_decided_about(zainab):
    one = f"findings/{FindingFactory().pk}"
    assert zainab.post(f"{one}/accept/", {"note": "counted"})["state"] == "accepted"
    zainab.post(f"{one}/accept/", status=409)
    until = (timezone.now() + timedelta(days=2)).isoformat()
    ignored = zainab.post(f"{one}/ignore/", {"reason": "A gift", "until": until})
    assert (ignored["state"], ignored["reason"], ignored["decided_by"]) == ("ignored", "A gift", "zainab")
    assert zainab.post(f"{one}/assign/", {"owner": "zainab"})["owner"] == "zainab"
    assert zainab.post(f"{one}/assign/", {"owner": None})["owner"] is None
    told = zainab.post(f"{one}/reopen/")
    assert told["state"] == "open"
    assert [each["what"] for each in told["history"]] == [
        "accepted",
        "ignored",
        "assigned",
        "assigned",
        "reopened",
    ]


@pytest.mark.parametrize(
    ("verb", "body", "field"),
    [
        ("ignore", {}, "reason"),
        ("ignore", {"reason": "x", "until": "2020-01-01T00:00:00Z"}, "until"),
        ("ignore", {"reason": "x", "until": "soon"}, "until"),
        ("assign", {}, "owner"),
        ("assign", {"owner": "nobody-of-that-name"}, "owner"),
        ("accept", {"reason": "x"}, "reason"),
    ],
)
def test_nonsense_is_refused_and_named(zainab, verb, body, field):
    finding = FindingFactory()
    answer = zainab.post(f"findings/{finding.pk}/{verb}/", body, status=400)
    assert field in json.dumps(answer.json)
    finding.refresh_from_db()
    assert finding.state == State.OPEN


def test_a_decision_that_is_sent_twice_is_taken_once(zainab):
    finding = FindingFactory()
    for _turn in range(2):
        zainab.post(f"findings/{finding.pk}/accept/", {"note": "x"}, Idempotency_Key="one")
    assert finding.events.count() == 1


def test_the_checks_are_told_and_one_is_run(zainab):
    OrganizationFactory()
    told = {each["check"]: each for each in zainab.get("checks/")["results"]}
    assert (told["under_cost"]["severity"], told["under_cost"]["checked_at"]) == ("error", None)

    assert zainab.post("checks/run/", {"check": "under_cost"}, status=202)["queued"] == 1
    told = {each["check"]: each for each in zainab.get("checks/")["results"]}
    assert [key for key, each in told.items() if each["is_waiting"]] == ["under_cost"]
    assert OrmQ.objects.count() == 1
    zainab.post("checks/run/", {"check": "nonsense"}, status=400)


# --- The command -------------------------------------------------------------------------------------


def check(*words: str) -> dict:
    out = StringIO()
    call_command("check_integrity", *words, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_the_command_tells_what_each_check_found():
    StockLevelFactory(warehouse__sells=True, available_for_sale=-1, product__sku="")
    told = {each["check"]: each for each in check()["checks"]}

    assert (told["negative_sellable"]["found"], told["negative_sellable"]["opened"]) == (1, 1)
    assert told["missing_skus"]["open"] == 1
    assert [each["check"] for each in check("--check", "under_cost")["checks"]] == ["under_cost"]
    assert {each["skipped"] for each in check("--changed")["checks"]} == {"unchanged"}


def test_the_command_fails_when_something_so_grave_is_open():
    StockLevelFactory(warehouse__sells=True, product__sku="")
    check("--fail-at", "error")
    with pytest.raises(CommandError, match="so grave: 1") as refused:
        check("--fail-at", "info", "--check", "missing_skus")
    assert refused.value.returncode == 1


def test_the_command_refuses_a_check_that_there_is_not():
    OrganizationFactory()
    with pytest.raises(CommandError, match="There is no check nonsense") as refused:
        check("--check", "nonsense")
    assert refused.value.returncode == 2
