"""Second factors and login locks: what was done about them leaves a line, and no code or key does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from tests.factories import UserFactory
from tsh_erp.access import guesses, second_factor
from tsh_erp.access.models import LoginLock, SecondFactor

pytestmark = pytest.mark.django_db


def test_the_life_of_a_second_factor(lines):
    user = UserFactory(username="karim")
    factor = second_factor.start(user)
    codes = second_factor.confirm(
        factor, second_factor._totp(factor).generate(timezone.now().timestamp()).decode()
    )
    factor = SecondFactor.objects.get(user=user)
    second_factor.spend(factor, codes[0])
    second_factor.renew_codes(SecondFactor.objects.get(user=user))
    second_factor.reset(User.objects.get(pk=user.pk))
    second_factor.reset(User.objects.get(pk=user.pk))  # there is none any more

    told = [
        line for line in lines(table="auth.user") if line.object_id == str(user.pk) and line.what == "changed"
    ]
    assert [line.changes for line in told] == [
        {"second_factor": [False, True]},
        {"recovery_codes": [9, 10]},
        {"second_factor": [True, False]},
    ]
    assert {line.object_name for line in told} == {"karim"}
    assert not any(code in str(line.changes) for line in told for code in (*codes, factor.key))


def test_a_lock_that_is_lifted_says_by_whom(page, ruler, lines):
    lock = LoginLock.objects.create(
        key="k", kind="user", username="karim", count=50, begun_at=timezone.now(),
        locked_until=timezone.now() + timedelta(minutes=9),
    )  # fmt: skip

    page.post(reverse("admin:access_loginlock_lift_one", args=[lock.pk]))

    [line] = lines(table="access.loginlock")
    assert (line.what, line.user_name, line.object_name) == ("deleted", "ruler", str(lock))
    assert line.changes["locked_until"][1] is None
    assert "second_factor" not in page.get(reverse("admin:audit_auditline_changelist")).content.decode()


def test_what_ends_by_itself_leaves_no_line(lines):
    LoginLock.objects.create(
        key="k", kind="user", username="karim", begun_at=timezone.now() - timedelta(days=9)
    )

    assert guesses.forget(timezone.now()) == 1
    assert lines(table="access.loginlock") == []
