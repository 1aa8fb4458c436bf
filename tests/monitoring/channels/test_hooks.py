"""What others may add: kinds of channels of their own, and functions that are told of every event."""

from __future__ import annotations

import re
import sys

import pytest
from django.db import transaction

from monitoring import attempts
from monitoring.channels import base
from monitoring.checks import usable_hooks
from monitoring.deliveries import enqueue
from monitoring.models import AlertDelivery, AlertEvent
from tests.conftest import PROJECT

What, State = AlertEvent.What, AlertDelivery.State
GUIDE = (PROJECT / "docs" / "channels.md").read_text()


def example(name: str) -> str:
    """The program that the guide shows under this file name."""
    (found,) = re.findall(rf"```python\n# {re.escape(name)}\n(.*?)```", GUIDE, re.DOTALL)
    return found


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module that can be imported until the test ends."""
    names = []

    def write(name: str, text: str) -> str:
        (tmp_path / f"{name}.py").write_text(text)
        names.append(name)
        return name

    monkeypatch.syspath_prepend(tmp_path)
    yield write
    for name in names:
        sys.modules.pop(name, None)
        base._loaded.pop(name, None)
    for kind in [kind for kind, each in base._kinds.items() if type(each).__module__ in names]:
        del base._kinds[kind]


@pytest.mark.django_db
@pytest.mark.usefixtures("private_allowed")
def test_the_channel_that_the_guide_shows_sends_alerts(module, settings, channel, alert, event, receiver):
    settings.ALERT_CHANNEL_MODULES = [module("company_teams", example("company_teams.py"))]
    assert "teams" in base.kinds()
    assert base.get("teams").check({"address": "ftp://x"})
    made = channel("teams", values={"address": f"{receiver.url}/hook"})
    enqueue(event(alert()))
    assert attempts.carry_out(attempts.claim(made.pk))
    assert "No worker is alive" in receiver.body()["text"]
    receiver.answers.append((404, {}, b""))
    enqueue(event(alert("another")))
    assert not attempts.carry_out(attempts.claim(made.pk))
    assert AlertDelivery.objects.latest("pk").state == State.DEAD


@pytest.mark.django_db
def test_a_module_that_does_not_work_takes_no_other_kind_along(module, settings):
    name = module("company_broken", "raise RuntimeError('no')")
    settings.ALERT_CHANNEL_MODULES = [name, "company_that_is_not_there"]
    assert {"log", "email", "slack", "webhook", "telegram"} <= set(base.kinds())
    assert set(base.unusable()) >= {name, "company_that_is_not_there"}
    told = usable_hooks(None)
    assert {each.id for each in told} == {"monitoring.E001"} and name in " ".join(each.msg for each in told)
    base._loaded.pop("company_that_is_not_there")


@pytest.mark.django_db(transaction=True)
def test_the_handler_that_the_guide_shows_is_told_of_every_event_after_its_commit(
    module, settings, alert, event
):
    name = module("company_alerts", example("company_alerts.py"))
    settings.ALERT_HANDLERS = [f"{name}.remember"]
    one = alert()
    with transaction.atomic():
        event(one)
        event(one, What.RESOLVED)
        assert name not in sys.modules
    assert sys.modules[name].SEEN == [("opened", "No worker is alive"), ("resolved", "No worker is alive")]


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_is_told_to_no_handler(module, settings, alert, event):
    settings.ALERT_HANDLERS = [f"{module('company_alerts', example('company_alerts.py'))}.remember"]
    one = alert()
    with transaction.atomic():
        event(one)
        transaction.set_rollback(True)
    assert "company_alerts" not in sys.modules


@pytest.mark.django_db(transaction=True)
def test_a_handler_that_raises_harms_nobody(module, settings, alert, event, lines):
    name = module(
        "company_alerts", example("company_alerts.py") + "\n\ndef explode(event):\n    raise RuntimeError\n"
    )
    settings.ALERT_HANDLERS = [f"{name}.explode", f"{name}.missing", f"{name}.remember"]
    event(alert())
    assert sys.modules[name].SEEN == [("opened", "No worker is alive")]
    assert len([line for line in lines if line.name == "monitoring.handlers"]) == 2
    assert [each.id for each in usable_hooks(None)] == ["monitoring.E002"]


def test_two_channels_cannot_have_one_name():
    with pytest.raises(ValueError, match="log"):
        base.register(type("Other", (), {"kind": "log", "label": "", "fields": ()}))
