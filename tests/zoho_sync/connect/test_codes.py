"""A self client's code, the client and the data centre: whatever may be wrong is told with what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zoho_sync import connecting
from zoho_sync.models import ConnectionDraft, OAuthToken
from zoho_sync.sandbox import SANDBOX_CLIENT_SECRET

from .conftest import ORGANIZATION, another

pytestmark = pytest.mark.one_leg


def redeem(walker, code: str) -> str:
    page = walker.take("consent", "redeem", code=code)
    return " ".join(walker.told) or page


def test_a_code_is_exchanged_and_the_connection_stored(walker, zoho):
    walker.connect(zoho)

    row = OAuthToken.objects.get()
    assert (row.organization.external_id, row.state, row.region) == (ORGANIZATION, "working", "com")
    assert row.organization.currency_code == "IQD"
    assert not ConnectionDraft.objects.exists()
    done = [step for step, mood in walker.states().items() if mood == "done"]
    assert done[:4] == ["data-center", "client", "consent", "organization"]


def test_a_code_used_twice_is_refused_and_the_first_use_stands(walker, zoho):
    walker.prepare()
    code = zoho.grant_code()
    redeem(walker, code)

    assert "used already" in redeem(walker, code)
    assert ConnectionDraft.objects.get().found


def test_an_expired_code_is_refused_with_what_to_do(walker, zoho):
    walker.prepare()

    told = redeem(walker, zoho.grant_code(life=0))

    assert "expired" in told
    assert "Make a new one" in told


def test_a_wrong_secret_is_refused_and_the_step_named(walker, zoho):
    walker.prepare(client_secret="another-secret-of-a-good-length")

    assert "does not know this client id and secret" in redeem(walker, zoho.grant_code())


def test_a_client_of_another_data_centre_is_refused_with_that_guess(walker, zoho):
    zoho.set_client(known=False)
    walker.prepare("eu")

    told = redeem(walker, zoho.grant_code())

    assert "“eu” is the data centre" in told


def test_a_code_without_a_refresh_token_is_refused(walker, zoho):
    walker.prepare()

    assert "no refresh token" in redeem(walker, zoho.grant_code(offline=False))
    assert ConnectionDraft.objects.get().consented_at is None


def test_a_code_without_the_scope_for_the_organisation_says_which_is_missing(walker, zoho):
    walker.prepare()

    told = redeem(walker, zoho.grant_code(scope="ZohoInventory.items.READ"))

    assert "ZohoInventory.settings.READ" in told
    assert "missing: ask for consent again" in walker.see("consent").lower()


def test_an_unreachable_zoho_is_told_and_the_code_may_be_tried_again(walker, zoho, settings):
    walker.prepare()
    good = settings.ZOHO
    settings.ZOHO = good | {"ACCOUNTS_URL": "http://127.0.0.1:1"}

    assert "not reachable at http://127.0.0.1:1" in redeem(walker, zoho.grant_code())

    settings.ZOHO = good
    redeem(walker, zoho.grant_code())
    assert walker.at == walker.url("organization")


@pytest.mark.parametrize("habit", ["denied", "too_many_requests"])
def test_a_throttled_token_endpoint_is_left_alone_for_ten_minutes(walker, zoho, habit, paths):
    walker.prepare()
    zoho.settings(token_throttle=habit)
    zoho.tokens("throttle")

    assert "Wait ten minutes" in redeem(walker, zoho.grant_code())
    zoho.tokens("restore")
    zoho.forget_calls()
    assert "Wait ten minutes" in redeem(walker, zoho.grant_code())

    assert paths() == []
    ConnectionDraft.objects.update(throttled_until=timezone.now() - timedelta(seconds=1))
    redeem(walker, zoho.grant_code())
    assert walker.at == walker.url("organization")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"client_id": "my-company"}, "begins with 1000."),
        ({"client_secret": ""}, "Paste the client secret"),
        ({"client_secret": "short"}, "Paste the client secret"),
    ],
)
def test_what_can_be_no_client_is_explained_before_anything_is_sent(walker, zoho, told, words, paths):
    walker.take("data_center", "choose", region="com")
    zoho.forget_calls()

    page = walker.take(
        "client", "store", **({"client_id": "1000.ABCDEFGHIJKLMNOP", "client_secret": "x" * 42} | told)
    )

    assert words in page
    assert paths() == []


def test_blanks_around_what_was_pasted_do_no_harm(walker, zoho):
    walker.prepare(client_secret=f"  {SANDBOX_CLIENT_SECRET}\t")

    redeem(walker, f" {zoho.grant_code()} ")

    assert walker.at == walker.url("organization")


def test_no_page_shows_a_secret_and_the_tables_hold_none_in_the_open(walker, zoho, django_db_blocker):
    from django.db import connection

    walker.prepare()
    redeem(walker, zoho.grant_code())
    draft = ConnectionDraft.objects.get()
    secrets = [draft.client_secret, draft.refresh_token, draft.access_token]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM zoho_sync_connectiondraft")
        stored = str(cursor.fetchall())
    pages = "".join(walker.see(step) for step in ("client", "consent", "organization"))
    page_after_a_mistake = walker.take("client", "store", client_id="x", client_secret=SANDBOX_CLIENT_SECRET)

    assert all(secret and secret not in stored for secret in secrets)
    assert all(secret not in pages + page_after_a_mistake for secret in secrets)


def test_a_step_on_top_of_somebody_elses_is_refused_with_their_name(walker, zoho, paths):
    walker.prepare()
    seen = walker.version()
    other = another(username="omar")
    other.take("client", "store", client_id="1000.ANOTHERCLIENT", client_secret="x" * 42)
    zoho.forget_calls()

    walker.take("consent", "redeem", seen=seen, code=zoho.grant_code())

    assert "omar has changed this" in walker.told[0]
    assert "/oauth/v2/token" not in paths()  # the code is still good


def test_two_who_begin_at_once_do_not_undo_each_other(walker, zoho):
    other = another(username="omar")
    other.take("data_center", "choose", region="eu", seen=0)

    walker.take("data_center", "choose", region="in", seen=0)

    assert "omar has changed this" in walker.told[0]
    assert ConnectionDraft.objects.get().region == "eu"


def test_an_exchange_under_way_keeps_a_second_one_away(walker, zoho, paths):
    walker.prepare()
    ConnectionDraft.objects.update(exchange_began_at=timezone.now())
    zoho.forget_calls()

    assert "being exchanged at this moment" in redeem(walker, zoho.grant_code())
    assert paths() == []


def test_an_exchange_whose_process_died_is_told_and_done_again(walker, zoho):
    walker.prepare()
    ConnectionDraft.objects.update(
        exchange_began_at=timezone.now() - connecting.EXCHANGE - timedelta(seconds=1)
    )

    assert "that code is used up" in walker.see("consent")
    redeem(walker, zoho.grant_code())

    assert walker.at == walker.url("organization")
    assert "that code is used up" not in walker.see("consent")


def test_consent_given_again_revokes_the_token_that_nobody_will_use(walker, zoho, paths):
    walker.prepare()
    redeem(walker, zoho.grant_code())
    redeem(walker, zoho.grant_code())

    assert paths().count("/oauth/v2/token/revoke") == 1


def test_giving_up_keeps_what_was_connected(walker, zoho):
    walker.connect(zoho)
    before = OAuthToken.objects.get().refresh_token
    walker.take("client", "store", client_id="1000.ANOTHERCLIENT", client_secret="x" * 42)
    assert walker.states()["consent"] == "now"

    walker.take("client", "abandon")

    assert OAuthToken.objects.get().refresh_token == before
    assert walker.states()["organization"] == "done"


def test_reconnecting_needs_the_consent_only(walker, zoho):
    walker.connect(zoho)
    zoho.tokens("revoke")
    OAuthToken.objects.update(state=OAuthToken.State.REFUSED, state_message="revoked")
    assert walker.states()["consent"] == "attention"

    redeem(walker, zoho.grant_code())
    walker.take("organization", "choose", organization=ORGANIZATION)

    assert OAuthToken.objects.get().state == "working"
    assert walker.states()["consent"] == "done"


def test_what_the_environment_says_wins_and_the_page_says_so(walker, zoho, settings, zoho_server):
    own = {name.removeprefix("ZOHO_"): value for name, value in zoho_server.credentials.items()}
    settings.ZOHO = settings.ZOHO | own

    assert "go before whatever is entered" in walker.see("client")
    walker.take("data_center", "choose", region="eu")

    assert "go before whatever is entered" in walker.told[0]
    assert not ConnectionDraft.objects.exists()
    assert walker.states()["organization"] == "done"


def test_a_client_of_the_environment_is_used_in_place_of_a_typed_one(walker, zoho, settings, zoho_server):
    own = zoho_server.credentials
    settings.ZOHO = settings.ZOHO | {
        "CLIENT_ID": own["ZOHO_CLIENT_ID"], "CLIENT_SECRET": own["ZOHO_CLIENT_SECRET"],
    }  # fmt: skip
    walker.take("data_center", "choose", region="com")

    redeem(walker, zoho.grant_code())

    assert walker.at == walker.url("organization")
    assert "The environment names the client." in walker.see("client")
