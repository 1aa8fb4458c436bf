from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from inventory.integrity import registry
from inventory.integrity.base import Fact
from inventory.integrity.parameters import chosen
from inventory.integrity.wording import without_marks
from inventory.models import CheckState
from tests.factories import NOON, OrganizationFactory


@pytest.fixture
def facts_of(db) -> Callable[..., list[Fact]]:
    """facts_of("under_cost", percent="5"): what the check finds now; parameters as they would be kept."""

    def look(key: str, now=NOON, **kept: Any) -> list[Fact]:
        check = registry.get(key)
        return list(check.facts(OrganizationFactory(), chosen(check.parameters, kept), now))

    return look


@pytest.fixture
def said(facts_of) -> Callable[..., list[str]]:
    """The same in words, without the marks of direction."""

    def look(key: str, **kept: Any) -> list[str]:
        check = registry.get(key)
        return [without_marks(check.sentence(each.facts)) for each in facts_of(key, **kept)]

    return look


@pytest.fixture
def set_of(db) -> Callable[..., None]:
    """set_of("twin_prices", rate="1500"): an administrator has set that."""

    def keep(key: str, **kept: Any) -> None:
        CheckState.objects.update_or_create(
            organization=OrganizationFactory(), check_key=key, defaults={"parameters": kept}
        )

    return keep
