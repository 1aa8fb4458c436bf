"""A Zoho, a mirror of it, somebody who is told by webhook, and the watch as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from monitoring.models import Alert, AlertRule
from tests.monitoring.alerts.conftest import default_rules  # noqa: F401
from tests.monitoring.channels.conftest import Receiver, channel, receiver, receivers  # noqa: F401
from tests.zoho_sync.engine.conftest import (  # noqa: F401
    organization,
    run_sync,
    sandbox,
    size,
    start_run,
    zoho_server,
)


class Told:
    """What a receiver was told, as (what happened, cause) in the order of arrival."""

    def __init__(self, receiver: Receiver):  # noqa: F811
        self.receiver = receiver

    def all(self) -> list[tuple[str, str]]:
        bodies = [json.loads(each["body"]) for each in list(self.receiver.got)]
        causes = {str(alert.pk): alert.fingerprint for alert in Alert.objects.all()}
        return [(body["what"], causes.get(str(body["alert_id"]), "")) for body in bodies]

    def of(self, cause: str) -> list[str]:
        return [what for what, about in self.all() if about.partition(":")[0] == cause]


@pytest.fixture
def told(receiver, channel, default_rules) -> Told:  # noqa: F811
    """One channel that takes everything; rules as they are brought along, but that good is good at once."""
    AlertRule.objects.update(resolve_minutes=0)
    channel("webhook", "Everybody", values={"url": receiver.url, "secret": "a secret of sixteen"})
    return Told(receiver)


@pytest.fixture
def start(process_environment, zoho_server, manage, tmp_path) -> Iterator[Callable[..., subprocess.Popen]]:  # noqa: F811
    """start("run_monitor", NAME="value" …): a process group of its own; what is left of it ends with the test."""
    running: list[subprocess.Popen] = []
    usual = {"WATCH_ROUND_SECONDS": "1", "ALERT_ALLOW_PRIVATE": "true"}

    def go(command: str, **environment: str) -> subprocess.Popen:
        with (tmp_path / f"{command}.log").open("ab") as log:
            process = subprocess.Popen(
                [*manage, command],
                env=process_environment | zoho_server.environment | usual | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        running.append(process)
        return process

    yield go
    for process in running:
        for number in (signal.SIGCONT, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        process.wait()


@pytest.fixture
def watch(start, told) -> Any:
    """The watch looks from now on."""
    return start("run_monitor")
