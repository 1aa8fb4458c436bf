"""Every check says all that the pages tell of it, and its parameters can be set to what they are."""

from __future__ import annotations

import pytest

from inventory.integrity import registry
from inventory.integrity.parameters import chosen, read_all
from inventory.models import Severity
from inventory.triggers import KINDS

CHECKS = registry.checks()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.key)
def test_a_check_tells_what_it_means_and_what_to_do(check):
    assert all(str(text) for text in (check.title, check.meaning, check.what_to_do, check.material_words))
    assert check.severity in Severity
    assert set(check.reads) <= set(KINDS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.key)
def test_what_the_form_shows_can_be_sent_back_and_is_as_usual(check):
    usual = chosen(check.parameters, {})
    typed = {each.name: each.shown(usual[each.name]) for each in check.parameters}
    assert read_all(check.parameters, typed) == ({}, {})


def test_the_gravest_checks_come_first():
    grades = [check.severity for check in CHECKS]
    assert grades == sorted(grades, key=["error", "warning", "info"].index)
