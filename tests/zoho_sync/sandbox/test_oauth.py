"""The accounts server: errors inside HTTP 200, and a limit on everything."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest


def test_a_refresh_gives_an_access_token_without_a_new_refresh_token(zoho, sandbox):
    status, answer = zoho.refresh()

    assert status == 200
    assert answer["access_token"]
    assert "refresh_token" not in answer
    assert answer["token_type"] == "Bearer"
    assert answer["expires_in"] == 3600
    assert answer["api_domain"] == sandbox.url


def test_the_parameters_may_stand_in_the_address(zoho, sandbox):
    own = sandbox.credentials
    query = urlencode(
        {
            "grant_type": "refresh_token",
            "client_id": own["ZOHO_CLIENT_ID"],
            "client_secret": own["ZOHO_CLIENT_SECRET"],
            "refresh_token": own["ZOHO_REFRESH_TOKEN"],
        }
    )

    _, body, _ = zoho.call("POST", f"/oauth/v2/token?{query}")

    assert "access_token" in json.loads(body)


def test_a_json_body_is_not_read(zoho, sandbox):
    own = {key.removeprefix("ZOHO_").lower(): value for key, value in sandbox.credentials.items()}
    body = json.dumps(own | {"grant_type": "refresh_token"})

    _, answer, _ = zoho.call("POST", "/oauth/v2/token", body, {"Content-Type": "application/json"})

    assert json.loads(answer) == {"error": "invalid_client"}


def test_get_is_answered_with_server_error(zoho):
    _, body, _ = zoho.call("GET", "/oauth/v2/token")

    assert json.loads(body) == {"error": "server error"}


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_id": "1000.WRONG"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client_secret"),
        ({"client_id": " 1000.SANDBOXCLIENTNOTREAL000000000"}, "invalid_client"),  # stray whitespace
        ({"refresh_token": "1000.gone"}, "invalid_code"),
    ],
)
def test_errors_come_inside_http_200(zoho, changed, error):
    assert zoho.refresh(**changed) == (200, {"error": error})


def test_the_eleventh_token_in_ten_minutes_is_denied_with_http_200(zoho):
    for _ in range(10):
        assert "access_token" in zoho.refresh()[1]

    assert zoho.refresh() == (200, {"error": "Access Denied"})


def test_the_throttle_can_answer_as_http_400_with_text(zoho, control):
    control.settings(token_throttle="too_many_requests")
    control.tokens("throttle")

    status, answer = zoho.refresh()

    assert status == 400
    assert "too many requests" in answer["error_description"]


def test_restoring_lifts_the_throttle(zoho, control):
    control.tokens("throttle")
    control.tokens("restore")

    assert "access_token" in zoho.refresh()[1]


def test_the_sixteenth_live_token_kills_the_oldest(zoho, control):
    control.settings(tokens_per_ten_minutes=100)
    first = zoho.refresh()[1]["access_token"]
    second = zoho.refresh()[1]["access_token"]
    for _ in range(14):
        zoho.refresh()

    zoho.token = first
    assert zoho.refusal("/items") == (401, 57)
    zoho.token = second
    assert zoho.get("/items")["code"] == 0


def test_an_expired_token_is_refused_with_57(zoho, control):
    zoho.get("/items")
    control.tokens("expire")

    assert zoho.refusal("/items") == (401, 57)


def test_a_short_life_is_told_and_kept(zoho, control):
    control.settings(expires_in=0)

    assert zoho.refresh()[1]["expires_in"] == 0
    assert zoho.refusal("/items") == (401, 57)


def test_an_unknown_token_is_refused_with_14(zoho):
    zoho.token = "1000.nobody-made-this"

    assert zoho.refusal("/items") == (401, 14)


def test_the_scheme_bearer_is_refused(zoho, sandbox):
    token = zoho.refresh()[1]["access_token"]

    status, _, _ = zoho.call(
        "GET",
        f"/inventory/v1/items?organization_id={sandbox.credentials['ZOHO_ORGANIZATION_ID']}",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert status == 401


def test_a_revoked_refresh_token_takes_its_access_tokens_with_it(zoho, control):
    zoho.get("/items")
    control.tokens("revoke")

    assert zoho.refusal("/items") == (401, 14)
    assert zoho.refresh() == (200, {"error": "invalid_code"})


def test_a_client_can_revoke_its_own_refresh_token(zoho, sandbox):
    token = sandbox.credentials["ZOHO_REFRESH_TOKEN"]

    assert zoho.post_form(f"/oauth/v2/token/revoke?token={token}") == (200, {"status": "success"})
    assert zoho.refresh()[1] == {"error": "invalid_code"}


def exchange(zoho, code, **more):
    own = zoho.sandbox.credentials
    return zoho.post_form(
        "/oauth/v2/token",
        grant_type="authorization_code",
        client_id=own["ZOHO_CLIENT_ID"],
        client_secret=own["ZOHO_CLIENT_SECRET"],
        code=code,
        **more,
    )[1]


def test_a_grant_code_gives_a_refresh_token_once(zoho, control):
    code = control.grant_code()

    first, second = exchange(zoho, code), exchange(zoho, code)

    assert zoho.refresh(refresh_token=first["refresh_token"])[1]["access_token"]
    assert second == {"error": "invalid_code"}


def test_a_grant_code_dies_of_age(zoho, control):
    assert exchange(zoho, control.grant_code(life=0)) == {"error": "invalid_code"}


def test_another_redirect_address_is_refused(zoho, control):
    code = control.grant_code(redirect_uri="https://example.com/back")

    assert exchange(zoho, code, redirect_uri="https://example.com/other") == {"error": "invalid_redirect_uri"}


def test_without_offline_access_there_is_no_refresh_token(zoho, control):
    assert "refresh_token" not in exchange(zoho, control.grant_code(offline=False))


def test_the_twenty_first_refresh_token_kills_the_oldest(zoho, control):
    for _ in range(20):
        exchange(zoho, control.grant_code())

    assert zoho.refresh()[1] == {"error": "invalid_code"}


def test_a_missing_scope_is_refused_with_57(zoho, control):
    zoho.token = exchange(zoho, control.grant_code(scope="ZohoInventory.contacts.READ"))["access_token"]

    assert zoho.refusal("/items") == (401, 57)
    assert zoho.get("/contacts")["code"] == 0
