"""Consent with the browser: the way to Zoho's page and back, and everything that may come back wrong."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from zoho_sync.models import ConnectionDraft, ConsentRequest, OAuthToken

from .conftest import ORGANIZATION, another, decide, fetch

pytestmark = pytest.mark.one_leg


def test_consent_in_the_browser_leads_to_the_choice_of_an_organisation(walker, zoho):
    walker.prepare()

    walker.come_back(decide(walker.ask()))

    assert walker.at == walker.url("organization")
    assert ConnectionDraft.objects.get().found[0]["external_id"] == ORGANIZATION
    assert walker.states()["consent"] == "done"


def test_the_question_asks_for_a_refresh_token_and_exactly_the_scopes_shown(walker):
    walker.prepare()

    asked = parse_qs(urlsplit(walker.ask()).query)

    assert asked["access_type"] == ["offline"]
    assert asked["prompt"] == ["consent"]
    assert asked["scope"][0] in walker.see("consent")
    assert asked["redirect_uri"][0] in walker.see("client")


def test_only_the_form_for_consent_may_lead_to_zoho(walker, zoho_server):
    walker.prepare()

    policy = walker.client.get(walker.url("consent"))["Content-Security-Policy"]
    other = walker.client.get(walker.url("client"))["Content-Security-Policy"]

    assert zoho_server.url in policy
    assert zoho_server.url not in other


def test_the_code_is_left_behind_and_exchanged_with_its_address(walker, zoho):
    walker.prepare()
    back = decide(walker.ask())

    answer = walker.client.get(urlsplit(back).path + "?" + urlsplit(back).query)

    assert answer.status_code == 302
    assert "code" not in answer["Location"]
    exchange = next(call for call in zoho.calls() if call["path"] == "/oauth/v2/token")
    assert exchange["query"]["redirect_uri"] in back


def test_a_refusal_is_told_and_costs_nothing(walker, zoho, paths):
    walker.prepare()
    back = decide(walker.ask(), "reject")
    zoho.forget_calls()

    walker.come_back(back)

    assert "refused" in walker.told[0]
    assert paths() == []


def test_an_answer_is_good_once(walker, zoho):
    walker.prepare()
    back = decide(walker.ask())
    walker.come_back(back)
    before = ConnectionDraft.objects.get().version

    walker.come_back(back)

    assert "taken already" in walker.told[0]
    assert ConnectionDraft.objects.get().version == before


def test_an_answer_that_nobody_asked_for_is_not_taken(walker, zoho, paths):
    walker.prepare()
    back = decide(walker.ask(), state="made-up")
    zoho.forget_calls()

    walker.come_back(back)

    assert "belongs to no question" in walker.told[0]
    assert paths() == []


def test_somebody_elses_answer_is_not_taken_and_stays_good_for_them(walker):
    walker.prepare()
    back = decide(walker.ask())
    thief = another()

    thief.come_back(back)
    assert "somebody else" in thief.told[0]
    walker.come_back(back)

    assert walker.at == walker.url("organization")


def test_an_answer_to_a_session_that_has_ended_is_not_taken(walker):
    walker.prepare()
    back = decide(walker.ask())
    user = ConsentRequest.objects.get().user
    walker.client.logout()
    walker.client.force_login(user)

    walker.come_back(back)

    assert "session that has ended" in walker.told[0]


def test_an_answer_that_comes_too_late_is_not_taken(walker):
    walker.prepare()
    back = decide(walker.ask())
    ConsentRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    walker.come_back(back)

    assert "too late" in walker.told[0]


def test_the_state_and_the_session_are_kept_as_digests_only(walker):
    walker.prepare()
    state = parse_qs(urlsplit(walker.ask()).query)["state"][0]

    row = ConsentRequest.objects.values().get()

    assert state not in str(row)
    assert walker.client.session.session_key not in str(row)


def test_the_data_centre_is_the_one_that_zoho_comes_back_from(walker, zoho):
    zoho.settings(data_center="eu")
    walker.prepare("com")

    walker.come_back(decide(walker.ask()))
    walker.take("organization", "choose", organization=ORGANIZATION)

    assert OAuthToken.objects.get().region == "eu"


def test_a_foreign_accounts_server_is_sent_nothing(walker, zoho, paths):
    walker.prepare()
    zoho.settings(accounts_server="https://accounts.zoho.example")
    back = decide(walker.ask())
    zoho.forget_calls()

    walker.come_back(back)

    assert "which is not Zoho&#x27;s" in walker.told[0] or "which is not Zoho's" in walker.told[0]
    assert paths() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"known": False}, "ERROR_invalid_client"),
        ({"redirect_uris": ["http://127.0.0.1:9/elsewhere"]}, "ERROR_invalid_redirect_uri"),
    ],
)
def test_what_zoho_shows_itself_is_explained_beside_the_button(walker, zoho, change, words):
    walker.prepare()
    zoho.set_client(**change)

    answer = fetch(walker.ask())

    assert answer.status == 400
    assert words in answer.body
    assert words.removeprefix("ERROR_") in walker.see("consent")


def test_an_address_that_is_not_registered_any_more_is_refused_with_what_to_do(walker, zoho):
    walker.prepare()
    back = decide(walker.ask())
    ConsentRequest.objects.update(redirect_uri="http://127.0.0.1:9/elsewhere")

    walker.come_back(back)

    assert "not the one that is registered" in walker.told[0]


def test_a_code_that_expired_on_the_way_is_refused_with_what_to_do(walker, zoho):
    walker.prepare()
    url = walker.ask()
    spoilt = decide(url).replace("1000.grant.", "1000.gone.")

    walker.come_back(spoilt)

    assert "refuses the code" in walker.told[0]
    assert "Make a new one" in walker.told[0]
