"""Every error of the API is one problem document, or one of the older shape; never a page, never internals."""

from __future__ import annotations

import json
import logging

import pytest
from django.test import Client, RequestFactory

from tests.access.conftest import OLDER, SAMPLE, permitted
from tsh_erp.wsgi import application

pytestmark = pytest.mark.django_db
MEMBERS = {"type", "title", "status", "detail", "instance", "code"}


def problem(answer, status: int, code: str) -> dict:
    """The document, which has to be whole."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store"
    body = json.loads(answer.content)
    assert body.keys() >= MEMBERS
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:tsh-erp:problem:{code}")
    assert body["detail"]
    return body


def post(client: Client, body, path: str = SAMPLE, kind: str = "application/json"):
    return client.post(path, body if isinstance(body, bytes) else json.dumps(body), content_type=kind)


@pytest.mark.parametrize(
    ("raised", "status", "code", "title"),
    [
        ("http404", 404, "not_found", "Not Found"),
        ("django403", 403, "permission_denied", "Forbidden"),
        ("suspicious", 400, "parse_error", "Bad Request"),
        ("busy", 409, "run_in_progress", "Conflict"),
        ("sentence", 400, "invalid", "Bad Request"),
        ("bug", 500, "server_error", "Internal Server Error"),
        ("database", 503, "unavailable", "Service Unavailable"),
    ],
)
def test_whatever_a_view_raises_becomes_a_problem(caller, raised, status, code, title):
    body = problem(caller().get(SAMPLE, {"raise": raised}), status, code)
    assert (body["title"], body["instance"]) == (title, SAMPLE)


@pytest.mark.parametrize("raised", ["bug", "database", "suspicious", "http404", "django403"])
def test_internals_are_never_told(caller, raised):
    answer = caller().get(SAMPLE, {"raise": raised})
    assert not any(
        word in answer.content.decode() for word in ("secret-internals", "table x", "because of y")
    )


def test_a_bug_is_logged_with_its_trace(caller, caplog):
    with caplog.at_level(logging.ERROR, "django.request"):
        caller().get(SAMPLE, {"raise": "bug"})
    [record] = caplog.records
    assert "ZeroDivisionError" in logging.Formatter().format(record)


def test_a_bug_is_a_problem_in_development_too(caller, settings):
    settings.DEBUG = True
    problem(caller().get(SAMPLE, {"raise": "bug"}), 500, "server_error")


def test_a_busy_database_says_when_to_come_again(caller):
    assert caller().get(SAMPLE, {"raise": "database"})["Retry-After"] == "5"


def test_what_an_exception_carries_joins_the_answer(caller):
    assert problem(caller().get(SAMPLE, {"raise": "busy"}), 409, "run_in_progress")["run"] == {"id": "7"}


def test_fields_are_named_with_their_place(caller):
    client = caller("inventory.change_product")
    body = problem(post(client, {"inner": {"size": "x"}, "many": [{"size": 1}, {}]}), 400, "invalid")
    assert body["errors"] == {
        "name": ["This field is required."],
        "inner.size": ["A valid integer is required."],
        "many.1.size": ["This field is required."],
    }
    assert "inner.size: A valid integer is required." in body["detail"]


def test_what_belongs_to_no_field_is_the_detail(caller):
    body = problem(caller().get(SAMPLE, {"raise": "sentence"}), 400, "invalid")
    assert body["detail"] == "These two exclude each other."
    assert "errors" not in body
    body = problem(caller().get(SAMPLE, {"raise": "whole"}), 400, "invalid")
    assert (body["detail"], body["errors"]) == (
        "Nothing is chosen.",
        {"non_field_errors": ["Nothing is chosen."]},
    )


def test_a_problem_speaks_the_language_of_the_visitor(caller):
    answer = post(caller("inventory.change_product"), {}, SAMPLE)
    arabic = caller("inventory.change_product").post(
        SAMPLE, "{}", content_type="application/json", headers={"Accept-Language": "ar"}
    )
    assert json.loads(arabic.content)["errors"] != json.loads(answer.content)["errors"]
    assert json.loads(arabic.content)["code"] == "invalid"


# --- The older shape ---------------------------------------------------------------------------------


def older(answer, status: int, error: str) -> dict:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    body = json.loads(answer.content)
    assert body.keys() >= {"success", "message", "error"}
    assert (body["success"], body["error"]) == (False, error)
    assert body["message"]
    return body


def test_the_older_doors_keep_their_shape(caller):
    client = caller("inventory.change_product")
    body = older(post(client, {}, OLDER), 400, "invalid")
    assert body == {
        "success": False,
        "message": "name: This field is required.",
        "error": "invalid",
        "errors": {"name": ["This field is required."]},
    }
    assert older(client.get(OLDER, {"raise": "busy"}), 409, "run_in_progress")["run"] == {"id": "7"}
    older(client.get(OLDER, {"raise": "bug"}), 500, "server_error")
    older(client.put(OLDER), 405, "method_not_allowed")


def test_strangers_meet_it_there_too(sample):
    older(Client().get(OLDER), 401, "not_authenticated")
    older(Client().get("/api/zoho/bulk-sync/nothing"), 404, "not_found")
    older(Client().get("/api/bff/tds/nothing/"), 404, "not_found")


# --- Before and beside the views ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/api/", "/api/nothing", "/api/v1/nothing/", "/api/v1/%D8%A8/", "/api/schema/x"]
)
def test_an_unknown_address_is_a_problem(path, settings):
    for debug in (False, True):
        settings.DEBUG = debug
        for ask in (Client().get, Client().post):
            problem(ask(path), 404, "not_found")


def test_the_instance_is_a_reference_that_a_url_may_hold():
    assert problem(Client().get("/api/v1/بغداد/"), 404, "not_found")["instance"].isascii()


def test_a_forgotten_slash_leads_on_where_that_is_harmless(caller):
    client = caller()
    answer = client.get("/api/sample?raise=x")
    assert (answer.status_code, answer["Location"]) == (301, "/api/sample/?raise=x")
    assert "slash" in problem(post(client, {}, "/api/sample"), 404, "not_found")["detail"]


def test_a_method_that_is_not_there(caller):
    answer = caller().put(SAMPLE)
    problem(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]


def test_a_form_of_answer_that_is_not_there(caller):
    problem(caller().get(SAMPLE, headers={"Accept": "image/png"}), 406, "not_acceptable")


def test_a_body_that_is_no_json(caller):
    client = caller("inventory.change_product")
    problem(post(client, b"a=1", kind="application/x-www-form-urlencoded"), 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b'{"name": NaN}',
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',  # half a character: no database would take it
        b'{"name": "\\u0000"}',  # nor this
        b'{"name": "\\\\\\u0000"}',
        b"[" * 100_000,  # deeper than anybody reads
        b"1" * 10_000,  # a number of more digits than Python reads
    ],
)
def test_json_is_read_strictly(caller, body):
    problem(post(caller("inventory.change_product"), body), 400, "parse_error" if body != b"" else "invalid")


def test_a_backslash_before_four_zeros_is_no_odd_character(caller):
    answer = post(caller("inventory.change_product"), b'{"name": "\\\\u0000"}')
    assert answer.json()["got"] == {"name": "\\u0000"}


@pytest.mark.parametrize(("query", "field"), [("q=a%00b", "q"), ("%00x=1", "x"), ("q=1&q=%00", "q")])
def test_a_character_that_no_database_takes_is_refused_by_the_parameter(caller, query, field):
    assert list(problem(caller().get(f"{SAMPLE}?{query}"), 400, "invalid")["errors"]) == [field]
    assert list(older(caller().get(f"{OLDER}?{query}"), 400, "invalid")["errors"]) == [field]


def test_more_parameters_than_anybody_needs_are_refused(caller):
    problem(caller().get(f"{SAMPLE}?{'&'.join(f'a{n}=1' for n in range(1001))}"), 400, "parse_error")


@pytest.mark.parametrize("charset", ["hex", "rot13", "utf-7", "zlib", "nothing"])
def test_a_charset_does_not_make_the_reader_trip(caller, charset):
    client, kind = caller("inventory.change_product"), f"application/json; charset={charset}"
    body = json.dumps({"name": "بغداد"}).encode()
    assert client.generic("POST", SAMPLE, body, kind).json()["got"] == {"name": "بغداد"}


@pytest.mark.parametrize("charset", ["hex", "utf-16", "nothing"])
def test_a_charset_that_is_none_does_not_end_the_request_before_it_begins(sample, charset):
    """The test client makes its requests by itself; this is the server's way in."""
    address = {"PATH_INFO": SAMPLE, "QUERY_STRING": "raise=x"}
    environ = RequestFactory()._base_environ(**address, CONTENT_TYPE=f"a/b; charset={charset}")
    told: list[str] = []
    application(environ, lambda status, headers: told.append(status))
    assert told == ["401 Unauthorized"]


def test_a_body_beyond_the_limit(caller, settings):
    settings.API = settings.API | {"MAX_BYTES": 1024}
    client = caller("inventory.change_product")
    assert post(client, {"name": "x" * 1000}).status_code == 200
    problem(post(client, {"name": "x" * 1024}), 413, "payload_too_large")
    older(post(client, {"name": "x" * 1024}, OLDER), 413, "payload_too_large")


def test_a_body_of_unknown_length_is_not_taken_for_none(caller):
    client = caller("inventory.change_product")
    for sent in ({"HTTP_TRANSFER_ENCODING": "chunked"}, {"CONTENT_LENGTH": "x"}, {"CONTENT_LENGTH": "-1"}):
        problem(client.post(SAMPLE, content_type="application/json", **sent), 411, "length_required")
    problem(client.post(SAMPLE, CONTENT_LENGTH="9" * 5000), 413, "payload_too_large")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/broken/", 500, "server_error"),
        ("/api/away/", 503, "unavailable"),
        ("/api/suspicious/", 400, "bad_request"),
        ("/api/forbidden/", 403, "permission_denied"),
    ],
)
def test_plain_views_below_api_answer_problems_too(sample, path, status, code):
    body = problem(Client(raise_request_exception=False).get(path), status, code)
    assert "secret-internals" not in str(body)


def test_a_forgery_is_a_problem_below_api_and_a_page_elsewhere(sample):
    client = Client(enforce_csrf_checks=True)
    problem(client.post("/api/plain/"), 403, "csrf_failed")
    answer = client.post("/plain/")
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (403, "text/html")
    assert "This form has expired" in answer.text


@pytest.mark.parametrize(
    ("path", "status", "title", "is_tried_again"),
    [
        ("/nothing/", 404, "There is nothing at this address", False),
        ("/apiary/", 404, "There is nothing at this address", False),
        ("/broken/?page=2", 500, "Something went wrong on our side", True),
        ("/suspicious/", 400, "This request cannot be read", False),
        ("/forbidden/", 403, "You may not do this", False),
    ],
)
def test_elsewhere_errors_are_pages_that_say_what_to_do(sample, path, status, title, is_tried_again):
    client = Client(raise_request_exception=False)
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (status, "text/html")
    assert f"<h1>{title}</h1>" in answer.text and "What to do:" in answer.text
    assert (f'href="{path}"' in answer.text) == is_tried_again
    assert 'href="/admin/"' in answer.text
    assert "secret-internals" not in answer.text
    arabic = client.get(path, headers={"Accept-Language": "ar"}).text
    assert '<html lang="ar" dir="rtl">' in arabic and title not in arabic


def test_an_error_whose_page_cannot_be_made_is_still_answered(sample, monkeypatch):
    monkeypatch.setattr("tsh_erp.access.failed_pages.render_to_string", lambda *_: 1 / 0)
    answer = Client(raise_request_exception=False).get("/broken/")
    assert (answer.status_code, "Something went wrong on our side" in answer.text) == (500, True)


def test_a_page_whose_database_is_away_asks_for_another_try_and_is_no_bug(sample):
    answer = Client(raise_request_exception=False).get("/away/")
    assert (answer.status_code, answer["Retry-After"], answer["Content-Type"][:9]) == (503, "5", "text/html")
    assert "The database cannot be used" in answer.text
    assert "secret-internals" not in answer.text


def test_a_strange_host_is_a_problem():
    problem(Client().get("/api/v1/nothing", headers={"Host": "evil.example.com"}), 400, "bad_request")


def test_a_view_that_forgot_to_say_what_it_needs_answers_nobody(caller):
    problem(caller().get("/api/forgetful/"), 500, "server_error")


def test_answers_are_kept_by_nobody_in_between(caller):
    answer = caller().get(SAMPLE)
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_a_person_of_the_catalogue_is_made_of_permissions():
    """The helper of these tests gives what it is asked for, and no more."""
    assert permitted("inventory.view_product").get_all_permissions() == {"inventory.view_product"}
