from __future__ import annotations

import pytest
from django.core.checks import run_checks

from zoho_sync.errors import AuthError
from zoho_sync.zoho.regions import REGIONS, accounts_url, api_url, believed, is_loopback, url_problem


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8900", True),
        ("http://127.8.8.8", True),
        ("http://localhost:1", True),
        ("http://[::1]:8900", True),
        ("http://127.0.0.1.attacker.example", False),
        ("http://localhost.attacker.example", False),
        ("http://192.168.1.2", False),
        ("http://0.0.0.0", False),
        ("http://127.0.0.1@attacker.example", False),
        ("", False),
        ("http://[::1", False),
    ],
)
def test_only_this_machine_is_loopback(url, here):
    assert is_loopback(url) is here


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://www.zohoapis.com", True),
        ("https://www.zohoapis.com/", True),
        ("http://127.0.0.1:8900", True),
        ("http://www.zohoapis.com", False),  # in the clear
        ("https://www.zohoapis.com:8443", False),
        ("https://www.zohoapis.com.attacker.example", False),
        ("https://user:secret@127.0.0.1", False),
        ("https://attacker.example/https://www.zohoapis.com", False),
        ("ftp://127.0.0.1", False),
        ("127.0.0.1:8900", False),
        ("http://127.0.0.1:8900?x=1", False),
    ],
)
def test_only_zohos_hosts_and_this_machine_may_be_set(url, is_allowed):
    allowed = frozenset(region.api_url for region in REGIONS.values())

    assert (url_problem("ZOHO_API_BASE_URL", url, allowed) == "") is is_allowed


def test_a_token_answers_host_is_used_only_when_it_is_zohos(settings):
    settings.ZOHO = settings.ZOHO | {"API_BASE_URL": "", "ACCOUNTS_URL": ""}

    assert api_url("com") == "https://www.zohoapis.com"
    assert api_url("com", "https://www.zohoapis.eu") == "https://www.zohoapis.eu"
    assert api_url("com", "https://attacker.example") == "https://www.zohoapis.com"
    assert api_url("com", "http://127.0.0.1:8900") == "https://www.zohoapis.com"
    assert accounts_url("ca") == "https://accounts.zohocloud.ca"


def test_a_loopback_is_believed_when_it_is_the_one_that_is_set(settings):
    settings.ZOHO = settings.ZOHO | {"API_BASE_URL": "http://127.0.0.1:8900"}

    assert believed("http://127.0.0.1:8900")
    assert not believed("http://127.0.0.1:8901")


def test_an_unknown_data_centre_is_named_with_those_there_are(settings):
    settings.ZOHO = settings.ZOHO | {"API_BASE_URL": ""}

    with pytest.raises(AuthError, match=r"“mars”.*com\.au"):
        api_url("mars")


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ({}, set()),
        ({"API_BASE_URL": "http://127.0.0.1:1", "ACCOUNTS_URL": "http://127.0.0.1:1"}, set()),
        ({"API_BASE_URL": "https://attacker.example"}, {"zoho_sync.E001"}),
        ({"ACCOUNTS_URL": "https://attacker.example"}, {"zoho_sync.E002"}),
        ({"ACCOUNTS_URL": "http://127.0.0.1:1"}, {"zoho_sync.W001"}),
        ({"REGION": "mars"}, {"zoho_sync.E003"}),
        ({"CLIENT_ID": "1000.X"}, {"zoho_sync.W002"}),
        ({"CALLS_PER_MINUTE": 0}, {"zoho_sync.E004"}),
        ({"BACKGROUND_FLOOR_PERCENT": 101}, {"zoho_sync.E004"}),
        ({"CALLS_PER_MINUTE": 101}, {"zoho_sync.W003"}),
    ],
)
def test_settings_that_cannot_be_obeyed_are_found_by_the_checks(settings, values, ids):
    names = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "ORGANIZATION_ID", "API_BASE_URL", "ACCOUNTS_URL")
    settings.ZOHO = settings.ZOHO | dict.fromkeys(names, "") | values

    assert {found.id for found in run_checks() if found.id.startswith("zoho_sync.")} == ids
