"""The schema and its pages: who gets them, in which form, and that nothing is fetched from elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client

from tests.access.conftest import bearer, token_of
from tests.factories import UserFactory
from tsh_erp.staticfiles import FOREIGN, NOTHING_TO_SEE

pytestmark = pytest.mark.django_db
SCHEMA, PAGES = "/api/schema/", ("/api/docs/", "/api/redoc/", "/api/docs/?script=")


@pytest.fixture
def program() -> Client:
    return Client(headers=bearer(token_of(UserFactory(is_staff=False), "read")[1]))


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"format": "json"}, "application/json"),
        ({"format": "yaml"}, "application/yaml"),
        ({}, "application/json"),
    ],
)
def test_the_schema_is_told_in_the_form_that_is_asked_for(program, asked, kind):
    answer = program.get(SCHEMA, asked)
    assert answer.status_code == 200
    assert answer["Content-Type"].partition(";")[0] == kind
    assert b"/api/v1/products/" in answer.content


@pytest.mark.parametrize("query", ["format=xml", "lang=fr", "colour=red"])
def test_nonsense_is_refused_by_name(program, query):
    answer = program.get(f"{SCHEMA}?{query}")
    assert answer.status_code in (400, 404)
    assert answer["Content-Type"] == "application/problem+json"


def test_every_operation_says_whom_it_needs_and_how_it_refuses(program):
    paths = json.loads(program.get(SCHEMA).content)["paths"]
    for path, operations in paths.items():
        for method, told in operations.items():
            where = f"{method} {path}"
            assert re.search(r"the scope `(read|sync|admin)` of a token", told["description"]), where
            assert {"400", "401", "403", "429"} <= told["responses"].keys(), where
            kind = "application/json" if re.match("/api/(zoho|bff)/", path) else "application/problem+json"
            assert [*told["responses"]["401"]["content"]] == [kind], where
            assert {"token": []} in told["security"], where


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_fetch_only_our_own_files_which_are_there(program, path):
    answer = program.get(path)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    for name in re.findall(r"/static/([^\"'?]+)", text):
        assert finders.find(name), name


def test_once_collected_no_script_of_the_pages_fetches_a_picture_elsewhere(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    for _time in range(2):  # as at every start
        call_command("collectstatic", interactive=False, verbosity=0)

    for name, address in FOREIGN.items():
        collected, original = (tmp_path / name).read_bytes(), Path(finders.find(name)).read_bytes()
        assert address in original
        assert collected == original.replace(address, NOTHING_TO_SEE)
        assert not re.search(rb'src:"https?://', collected)
