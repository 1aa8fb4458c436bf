"""How much a visitor may ask for, what is logged of those who are refused, and which other origins are let in."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from tests.access.conftest import OLDER, SAMPLE, bearer, permitted, token_of
from tests.conftest import PROJECT
from tests.factories import UserFactory
from tsh_erp.access.meter import WINDOW_SECONDS, Meter
from tsh_erp.access.tokens import revoke
from tsh_erp.environment import Environment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]
LOGGER = "tsh_erp.access.refusals"


def statuses(times: int, **request) -> list[int]:
    return [Client().get(SAMPLE, **request).status_code for _each in range(times)]


def good(scope: str = "read", user=None) -> dict[str, str]:
    return bearer(token_of(user or UserFactory(), scope)[1])


# --- Limits ------------------------------------------------------------------------------------------


def test_an_address_is_heard_so_often_whoever_speaks(limits):
    limits(PER_MINUTE_ADDRESS=3)
    headers = good()
    assert statuses(2, headers=headers) + statuses(2) == [200, 200, 401, 429]
    assert statuses(1, headers=headers, REMOTE_ADDR="203.0.113.7") == [200]


def test_who_is_too_quick_learns_when_to_come_again(limits):
    limits(PER_MINUTE_ADDRESS=1)
    statuses(1)
    answer = Client().get(SAMPLE)
    assert 1 <= int(answer["Retry-After"]) <= WINDOW_SECONDS
    assert (answer.json()["status"], answer.json()["code"]) == (429, "throttled")


def test_the_older_doors_say_it_in_their_shape(limits):
    limits(PER_MINUTE_ADDRESS=1)
    statuses(1)
    answer = Client().get(OLDER)
    assert (answer.status_code, answer.json()["error"]) == (429, "throttled")


def test_a_token_is_heard_so_often_from_wherever(limits):
    limits(PER_MINUTE_TOKEN=2)
    mine, other = good(), good()
    asked = [statuses(1, headers=mine, REMOTE_ADDR=f"203.0.113.{n}")[0] for n in range(4)]
    assert asked == [200, 200, 429, 429]
    assert statuses(1, headers=other) == [200]


def test_two_tokens_of_one_user_count_apart_and_his_sessions_together(limits):
    limits(PER_MINUTE_TOKEN=1)
    user = UserFactory()
    assert statuses(1, headers=good(user=user)) + statuses(1, headers=good(user=user)) == [200, 200]
    found = []
    for _each in range(2):
        client = Client()
        client.force_login(user)
        found.append(client.get(SAMPLE).status_code)
    assert found == [200, 429]


def test_bad_credentials_are_heard_less_often_and_good_ones_as_ever(limits):
    limits(REFUSED_PER_MINUTE=2)
    bad = bearer("tsh_guess")
    assert statuses(4, headers=bad) == [401, 401, 429, 429]
    assert statuses(1, headers=good()) == [200]
    assert statuses(1) == [401]


def test_an_ipv6_visitor_is_counted_by_the_network_he_has_to_himself(limits):
    limits(PER_MINUTE_ADDRESS=1)
    near = [statuses(1, REMOTE_ADDR=f"2001:db8::{n}")[0] for n in range(1, 3)]
    assert near == [401, 429]
    assert statuses(1, REMOTE_ADDR="2001:db8:0:1::1") == [401]
    assert statuses(1, REMOTE_ADDR="203.0.113.9") + statuses(1, REMOTE_ADDR="::ffff:203.0.113.9") == [
        401,
        429,
    ]


def test_the_word_of_a_proxy_counts_where_there_is_one(limits, settings):
    limits(PER_MINUTE_ADDRESS=1)
    forwarded = [{"X-Forwarded-For": f"6.6.6.6, 203.0.113.{n}"} for n in (1, 2)]
    assert [statuses(1, headers=each)[0] for each in forwarded] == [401, 429]
    settings.BEHIND_TLS_PROXY = True
    assert [statuses(1, headers=each)[0] for each in [*forwarded, forwarded[0]]] == [401, 401, 429]


def test_other_pages_are_not_counted(limits):
    limits(PER_MINUTE_ADDRESS=1)
    assert [Client().get("/health/live").status_code for _each in range(3)] == [200] * 3


# --- The counts --------------------------------------------------------------------------------------


def test_a_count_begins_anew_when_its_minute_is_over(tmp_path):
    class Later(Meter):
        now = 1_800_000_000.0

        def _now(self) -> float:
            return self.now

    meter = Later(tmp_path / "meter")
    assert [meter.add("a").used for _each in range(3)] == [1, 2, 3]
    meter.now += WINDOW_SECONDS - 1
    assert (meter.add("a").used, meter.add("a").seconds_left) == (4, 1)
    meter.now += 1
    assert (meter.add("a").used, meter.add("b").used) == (1, 1)


def test_a_clock_that_is_set_back_frees_everybody(tmp_path):
    class Earlier(Meter):
        now = 1_800_000_000.0

        def _now(self) -> float:
            return self.now

    meter = Earlier(tmp_path / "meter")
    meter.add("a")
    meter.now -= 3600
    assert meter.add("a").used == 1


def test_processes_count_together_and_lose_nothing(tmp_path):
    path = tmp_path / "meter"
    code = (
        "import sys, pathlib; from tsh_erp.access.meter import Meter; m = Meter(pathlib.Path(sys.argv[1]))\n"
    )
    counting = [sys.executable, "-c", f"{code}for _each in range(500): m.add('everybody')", str(path)]
    processes = [subprocess.Popen(counting, cwd=PROJECT) for _each in range(3)]
    assert [each.wait() for each in processes] == [0, 0, 0]
    assert Meter(path).add("everybody", 0).used == 1500


def test_ten_thousand_visitors_are_told_apart(tmp_path):
    meter = Meter(tmp_path / "meter")
    mixed = [n for n in range(10_000) if meter.add(f"address 10.{n >> 8}.{n & 255}.1").used > 1]
    assert len(mixed) < 1000  # of 32,768 places in each of two rows


def test_without_a_file_each_process_counts_for_itself(tmp_path, caplog):
    meter = Meter(tmp_path / "no such folder" / "meter")
    assert [meter.add("a").used, meter.add("a").used] == [1, 2]
    assert "each process for itself" in caplog.text


def test_a_file_that_was_cut_is_used_again(tmp_path):
    path = tmp_path / "meter"
    path.write_bytes(b"x" * 100)
    assert [Meter(path).add("a").used, Meter(path).add("a").used] == [1, 2]


def test_only_its_owner_reads_the_file(tmp_path):
    Meter(tmp_path / "meter").add("a")
    assert (tmp_path / "meter").stat().st_mode & 0o077 == 0


# --- What is logged ----------------------------------------------------------------------------------


@pytest.fixture
def told(caplog):
    """The lines about refusals, once something has been asked."""
    caplog.set_level(logging.WARNING, LOGGER)
    return lambda: [record.getMessage() for record in caplog.records if record.name == LOGGER]


def test_a_stranger_is_logged(told):
    Client().get(SAMPLE, {"q": "private words"}, REMOTE_ADDR="203.0.113.7")
    assert told() == ["refused 401: GET /api/sample/ by nobody known from 203.0.113.7: no credential"]


def test_a_bad_token_is_logged_without_itself(told):
    token, text = token_of(UserFactory(username="shop"))
    revoke(token, by=None)
    Client().get(SAMPLE, headers=bearer(text))
    Client().get(SAMPLE, headers=bearer("tsh_guess"))
    assert told() == [
        f"refused 401: GET /api/sample/ by user 'shop', token {token.prefix} from 127.0.0.1: a good token",
        "refused 401: GET /api/sample/ by nobody known from 127.0.0.1: a good token",
    ]
    assert text.rpartition("_")[2] not in "".join(told())


def test_a_missing_permission_and_a_missing_scope_are_logged_by_name(told):
    weak, text = token_of(UserFactory(username="shop"), "admin")
    narrow, other = token_of(permitted("inventory.change_product", username="app"), "read")
    for each in (text, other):
        Client().post(SAMPLE, "{}", content_type="application/json", headers=bearer(each))
    assert told() == [
        f"refused 403: POST /api/sample/ by user 'shop', token {weak.prefix} from 127.0.0.1: "
        "permission inventory.change_product",
        f"refused 403: POST /api/sample/ by user 'app', token {narrow.prefix} from 127.0.0.1: scope sync",
    ]


def test_a_session_that_does_not_count_is_logged_by_name(told):
    client = Client()
    client.force_login(UserFactory(username="guest", is_staff=False))
    client.get(SAMPLE)
    assert told() == ["refused 403: GET /api/sample/ by user 'guest' from 127.0.0.1: to be staff, or a token"]


def test_a_forgery_is_logged(told):
    client = Client(enforce_csrf_checks=True)
    client.force_login(permitted("inventory.change_product", username="zainab"))
    client.post(SAMPLE, "{}", content_type="application/json")
    [line] = told()
    assert line == "refused 403: POST /api/sample/ by user 'zainab' from 127.0.0.1: the secret of a form"


def test_a_flood_is_one_line(limits, told):
    limits(PER_MINUTE_ADDRESS=1)
    statuses(5)
    assert [line.partition(":")[0] for line in told()] == ["refused 401", "refused 429"]
    assert "more than 1 requests a minute of this address" in told()[1]


def test_no_visitor_writes_lines_of_his_own(told):
    Client().get(f"{SAMPLE}%0Arefused 200: all is well", follow=True)
    Client().get(SAMPLE, REMOTE_ADDR="203.0.113.7\nx")
    assert all("\n" not in line for line in told())


# --- Other origins -----------------------------------------------------------------------------------

SHOP = "https://shop.example.com"
ASKS = {
    "Origin": SHOP,
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "authorization",
}


def test_no_other_origin_is_let_in():
    for answer in (Client().options(SAMPLE, headers=ASKS), Client().get(SAMPLE, headers={"Origin": SHOP})):
        assert "Access-Control-Allow-Origin" not in answer


def test_an_origin_of_the_settings_may_come_with_a_token_and_without_a_cookie(settings):
    settings.CORS_ALLOWED_ORIGINS = [SHOP]
    asked = Client().options(SAMPLE, headers=ASKS)
    assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (200, SHOP)
    assert "authorization" in asked["Access-Control-Allow-Headers"]
    answer = Client().get(SAMPLE, headers=good() | {"Origin": SHOP})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, SHOP)
    assert "Access-Control-Allow-Credentials" not in answer
    assert "ETag" in answer["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Origin" not in Client().get(
        SAMPLE, headers={"Origin": "https://evil.example"}
    )
    assert "Access-Control-Allow-Origin" not in Client().get("/admin/login/", headers={"Origin": SHOP})


def test_refusals_are_told_to_a_page_of_an_origin_too(settings):
    settings.CORS_ALLOWED_ORIGINS = [SHOP]
    answer = Client().get(SAMPLE, headers={"Origin": SHOP})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (401, SHOP)


@pytest.mark.parametrize(
    "origin",
    ["*", "shop.example.com", f"{SHOP}/", f"{SHOP}/app", "null", "https://*.example.com", "file://x"],
)
def test_what_is_no_origin_is_refused(origin):
    with pytest.raises(ImproperlyConfigured, match="CORS_ALLOWED_ORIGINS must be origins"):
        Environment({"CORS_ALLOWED_ORIGINS": origin}).origins("CORS_ALLOWED_ORIGINS")


def test_several_origins_are_taken():
    told = Environment({"CORS_ALLOWED_ORIGINS": f"{SHOP}, http://localhost:3000"})
    assert told.origins("CORS_ALLOWED_ORIGINS") == [SHOP, "http://localhost:3000"]
