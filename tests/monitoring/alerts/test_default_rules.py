"""What is brought along: rules that are known by name, each about something that can be judged."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import translation

from monitoring.causes import CAUSES
from monitoring.default_names import NAMES
from monitoring.models import AlertRule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_rules")]
MIGRATION = import_module("monitoring.migrations.0002_bring_default_rules")
JUDGED_BY_NOBODY = {"watch"}  # while nobody looks, no rule is judged


def test_every_name_can_be_translated():
    assert set(AlertRule.objects.values_list("name", flat=True)) == set(NAMES)


def test_every_cause_has_a_rule_and_every_rule_a_cause():
    of_causes = set(AlertRule.objects.filter(source="cause").values_list("subject", flat=True))

    assert of_causes == set(CAUSES) - JUDGED_BY_NOBODY


def test_what_staff_have_changed_is_left_alone():
    AlertRule.objects.filter(code="worker").update(name="Ours", severity="info", is_on=False)
    AlertRule.objects.filter(code="stale").update(subject="failed")
    before = list(AlertRule.objects.order_by("pk").values())

    MIGRATION.bring(apps, connection.schema_editor())

    assert list(AlertRule.objects.order_by("pk").values()) == before


def test_the_name_of_a_rule_of_ours_is_said_in_the_reader_s_language():
    ours, theirs = AlertRule(code="stale", name="Products"), AlertRule(name="Products")
    with translation.override("ar"):
        assert str(ours) == translation.gettext("Products") != "Products"
        assert str(theirs) == "Products"
