"""A Zoho of each test's own, and three ways to give a command: in this process, in another, at a terminal."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.management import load_command_class
from django.utils import timezone

from zoho_sync.models import WorkerBeat
from zoho_sync.sandbox import Sandbox, Size

from .terminal import Terminal

SIZE = Size(items=45, customers=6, vendors=2, locations=3, price_lists=2, price_list_items=20)


@dataclass
class Answer:
    """code: the exit code, 0 when the command simply returned."""

    code: int
    out: str
    err: str


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(size=SIZE, seed=7, calls_per_minute=None) as sandbox:
        yield sandbox


@pytest.fixture
def zoho(sandbox: Sandbox, settings):
    """The sandbox's control, with this process's settings pointing at it."""
    settings.ZOHO = settings.ZOHO | {
        **{name.removeprefix("ZOHO_"): value for name, value in sandbox.environment.items()},
        "REGION": "com",
        "CALLS_PER_MINUTE": 100_000,
    }
    return sandbox.control


@pytest.fixture
def command(transactional_db, capsys) -> Callable[..., Answer]:
    """Give a command in this process, exactly as manage.py does."""

    def give(name: str, *words: str) -> Answer:
        capsys.readouterr()
        code = 0
        try:
            load_command_class("zoho_sync", name).run_from_argv(["manage.py", name, *words])
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return Answer(code, told.out, told.err)

    return give


@pytest.fixture
def environment(process_environment, sandbox: Sandbox) -> dict[str, str]:
    return process_environment | sandbox.environment


@pytest.fixture
def start(environment, manage) -> Iterator[Callable[..., subprocess.Popen]]:
    """Start a command as a process with pipes."""
    started = []

    def begin(*words: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [*manage, *words],
            env=environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def terminal(environment, manage) -> Iterator[Callable[..., Terminal]]:
    """Give a command at a terminal."""
    opened = []

    def begin(*words: str, **more: str) -> Terminal:
        opened.append(Terminal([*manage, *words], environment | more))
        return opened[-1]

    yield begin
    for each in opened:
        each.close()


@pytest.fixture
def living_worker(transactional_db) -> WorkerBeat:
    """The sign of life of a worker, fresh enough for the length of a test."""
    return WorkerBeat.objects.create(name="test", beat_at=timezone.now() + timedelta(minutes=10))


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], object]:
    """Wait until a look at the world finds what it wants."""

    def wait(look: Callable[[], object]) -> object:
        deadline = time.monotonic() + 60
        while not (found := look()):
            assert time.monotonic() < deadline, "it did not come about"
            time.sleep(0.05)
        return found

    return wait
