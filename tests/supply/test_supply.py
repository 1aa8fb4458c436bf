"""Which licences we take, and when a package counts as looked up. The look-up itself is `make supply`."""

from __future__ import annotations

import json
from email.message import Message

import pytest

from tests.conftest import PROJECT
from tests.supply import advisories, licences


@pytest.mark.parametrize(
    ("name", "licence", "is_allowed"),
    [
        ("django", "BSD-3-Clause", True),
        ("cryptography", "Apache-2.0 OR BSD-3-Clause", True),
        ("anything", "GPL-3.0-only OR MIT", True),  # we take the one we may
        ("anything", "GPL-3.0-only AND MIT", False),
        ("orjson", "MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("anything", "MPL-2.0 AND (Apache-2.0 OR MIT)", False),  # only where it was looked at
        ("anything", "MIT OR (GPL-3.0-only AND BSD)", True),
        ("anything", "(GPL-3.0-only OR AGPL-3.0-only) AND MIT", False),
        ("psycopg", "LGPL-3.0-only", True),
        ("anything", "LGPL-3.0-only", False),
        ("anything", "AGPL-3.0-or-later", False),
        ("anything", "", False),  # none is told
        ("anything", "(MIT", False),  # cannot be read
        ("anything", "MIT GPL-3.0-only", False),
        ("anything", "OR", False),
        ("anything", "UNKNOWN", False),
    ],
)
def test_a_licence_is_taken_or_not(name, licence, is_allowed):
    assert licences.Package(name, "1", licence).is_allowed is is_allowed


@pytest.mark.parametrize(
    ("lines", "licence"),
    [
        ([("License-Expression", "MIT"), ("Classifier", "License :: OSI Approved :: BSD License")], "MIT"),
        ([("Classifier", "License :: OSI Approved :: MIT License"), ("License", "GPL")], "MIT"),
        (
            [
                ("Classifier", "License :: OSI Approved :: MIT License"),
                ("Classifier", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"),
            ],
            "MIT AND GNU_General_Public_License_v3_(GPLv3)",
        ),
        ([("License", "BSD 3-Clause OR Apache-2.0")], "BSD-3-Clause OR Apache-2.0"),
        ([("License", "Permission is hereby granted " * 20)], ""),  # a whole text is for a person to read
        ([], ""),
    ],
)
def test_where_a_package_tells_its_licence(lines, licence):
    told = Message()
    for name, value in lines:
        told[name] = value
    assert licences.licence_of(told) == licence


def test_every_package_of_the_product_may_be_shipped():
    found = list(licences.packages(PROJECT / "requirements.txt"))
    assert len(found) > 40
    assert [each for each in found if not each.is_allowed] == []


def told(*packages: dict) -> str:
    return json.dumps({"dependencies": list(packages), "fixes": []})


GOOD = {"name": "django", "version": "5.2.19", "vulns": []}
WEAK = {"name": "pillow", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
SKIPPED = {"name": "attrs", "skip_reason": "Dependency not found on PyPI and could not be audited"}


def test_what_was_found_counts_as_looked_up():
    answer = advisories.read(told(GOOD, WEAK))
    assert answer.was_looked_up
    assert answer.weak == ["pillow 1.0: PYSEC-1, mended in 1.1"]


def test_packages_that_nobody_knows_were_not_looked_up_though_no_weakness_is_told():
    answer = advisories.read(told(GOOD, SKIPPED))
    assert not answer.was_looked_up
    assert answer.unknown == ["attrs"]
    assert not advisories.read(told()).was_looked_up


def test_a_network_that_is_away_is_told_in_its_own_words():
    answer = advisories.read("", "Traceback …\nConnectionError: no route to host\n\n")
    assert not answer.was_looked_up
    assert answer.trouble == "ConnectionError: no route to host"
