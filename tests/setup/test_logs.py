"""No secret reaches a log."""

from __future__ import annotations

import io
import logging

import pytest

from tsh_erp.logs import SecretFilter, mask_secrets

SECRET = "c0ffee77aa"


@pytest.mark.parametrize(
    "text",
    [
        f"token 1000.{SECRET}.{SECRET} is old",
        f"Authorization: Zoho-oauthtoken {SECRET}",
        f"{{'Authorization': 'Zoho-oauthtoken {SECRET}', 'x': 1}}",
        f"authorization=Bearer {SECRET}",
        f"POST /oauth/v2/token?client_id=1&client_secret={SECRET}&grant_type=refresh_token",
        f'{{"refresh_token": "{SECRET}", "expires_in": 3600}}',
        f"access_token={SECRET}",
        f"could not connect to postgres://erp:{SECRET}@db:5432/erp",
        f"password='{SECRET}'",
        f"made tsh_a1b2c3d4_{SECRET}X for the shop",
    ],
)
def test_a_secret_is_masked_wherever_it_stands(text):
    assert SECRET not in mask_secrets(text)
    assert "***" in mask_secrets(text)


@pytest.mark.parametrize(
    "text", ["run 5: page 3, 200 upserted, 0 failed", "price 1000.50", "GET /items?page=2 200"]
)
def test_what_is_no_secret_stays(text):
    assert mask_secrets(text) == text


@pytest.fixture
def logger():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(SecretFilter())
    logger = logging.getLogger("tests.secrets")
    logger.addHandler(handler)
    logger.propagate = False
    logger.stream = stream
    yield logger
    logger.removeHandler(handler)


def test_arguments_are_masked_too(logger):
    logger.warning("refresh failed for %s", {"refresh_token": SECRET})
    assert SECRET not in logger.stream.getvalue()


def test_tracebacks_are_masked_too(logger):
    try:
        int(f"client_secret={SECRET}")
    except ValueError:
        logger.exception("no")
    written = logger.stream.getvalue()
    assert "ValueError: invalid literal for int() with base 10: 'client_secret=***" in written
    assert SECRET not in written


def test_arguments_that_do_not_fit_do_not_stop_the_one_who_logs(logger):
    logger.warning("%d rows", "many")
    assert "%d rows ('many',)" in logger.stream.getvalue()


def test_every_handler_of_the_settings_has_the_filter(settings):
    assert all("secrets" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
