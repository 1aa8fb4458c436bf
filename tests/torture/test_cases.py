"""The simulation's own promises: what is drawn can be drawn again, and what is wrong with a command is said."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest

from tests.conftest import PROJECT
from torture import commandline
from torture.faults import catalogue

pytestmark = pytest.mark.one_leg


def options(*words: str):
    return commandline.make_parser().parse_args(list(words))


@pytest.mark.parametrize("vendor", commandline.DATABASES)
def test_there_are_more_than_a_hundred_single_faults_and_each_has_a_name_of_its_own(vendor):
    faults = catalogue(vendor)
    assert len({fault.name for fault in faults}) == len(faults) > 100
    assert {fault.vendor for fault in faults} <= {"", vendor}


@pytest.mark.parametrize("vendor", commandline.DATABASES)
def test_the_same_seed_draws_the_same_cases_and_another_one_others(vendor):
    def drawn(seed: str) -> list[tuple[str, str, tuple[str, ...]]]:
        found = commandline.cases(vendor, options("--minutes", "4", "--seed", seed))
        return [(case.name, case.seed, tuple(fault.name for fault in case.faults)) for case in found]

    assert drawn("7") == drawn("7") != drawn("8")


def test_a_mix_that_broke_is_replayed_by_its_number_and_seed():
    (alone,) = commandline.cases("sqlite", options("--only", "mix-17", "--seed", "3"))
    among = commandline.cases("sqlite", options("--mixes", "20", "--seed", "3"))
    assert alone in among
    assert len(alone.faults) > 1


def test_everything_is_every_fault_once_and_two_hundred_mixes():
    found = commandline.cases("postgresql", options())
    kinds = Counter("mix" if case.name.startswith("mix-") else "single" for case in found)
    assert kinds == {"single": len(catalogue("postgresql")), "mix": 200}


@pytest.mark.parametrize("words", [("--repeat", "3"), ("--minutes", "4"), ("--mixes", "7", "--singles")])
def test_worlds_that_share_play_every_case_once(words):
    shares = [commandline.cases("sqlite", options(*words, "--share", str(each), "3")) for each in (1, 2, 3)]
    whole = commandline.cases("sqlite", options(*words))
    assert Counter(case for share in shares for case in share) == Counter(whole)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_a_sample_begins_with_every_group():
    groups = {fault.group for fault in catalogue("sqlite")}
    found = commandline.cases("sqlite", options("--minutes", "4"))
    singles = [case.faults[0].group for case in found if len(case.faults) == 1]
    assert set(singles[: len(groups)]) == groups


WRONG = [
    (["--database", "oracle"], "invalid choice: 'oracle'"),
    (["--mixes", "-1"], "whole number"),
    (["--seed", "x"], "'x' is not a whole number"),
    (["--jobs", "0"], "'0' is not a whole number from 1 to 64"),
    (["--jobs", "2", "--limits"], "the limits are one case"),
    (["--minutes", "0"], "'0' is not a number of minutes"),
    (["--only", "no-such-fault"], "there is no case 'no-such-fault'; --list tells of all"),
    (["--only", "mix-x"], "there is no case 'mix-x'"),
    (["--nothing"], "unrecognized arguments"),
]


@pytest.mark.parametrize(("words", "told"), WRONG, ids=[" ".join(words) for words, _told in WRONG])
def test_a_wrong_option_is_refused_with_a_sentence(words, told):
    done = run(*words)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.stderr


def test_the_list_tells_of_every_fault():
    done = run("--list")
    assert done.returncode == 0
    told = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}
    assert told == {fault.name for fault in catalogue()}


def run(*words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "torture", *words]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60)
