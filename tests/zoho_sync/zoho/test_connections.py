from __future__ import annotations

import threading

import pytest
from django.db import connections as databases

from inventory.models import Organization
from zoho_sync.connections import (
    ChooseOrganization,
    FoundOrganization,
    choose_organization,
    organization_for,
    refresh_organization,
)
from zoho_sync.errors import AuthError, NotConnected
from zoho_sync.models import OAuthToken
from zoho_sync.zoho import tokens
from zoho_sync.zoho.accounts import Credentials
from zoho_sync.zoho.client import ZohoClient


def forget_environment(settings) -> None:
    names = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "ORGANIZATION_ID")
    settings.ZOHO = settings.ZOHO | dict.fromkeys(names, "")


def stored(external_id: str) -> Organization:
    organization = Organization.objects.create(external_id=external_id)
    tokens.store(organization, Credentials("com", "1000.ID", "secret", "1000.refresh"))
    return organization


def test_four_variables_are_enough(zoho, transactional_db):
    organization = organization_for()

    with ZohoClient(organization) as client:
        assert client.get("items").code == 0
    assert OAuthToken.objects.get().organization == organization
    assert organization_for() == organization == organization_for(organization.external_id)


def test_processes_that_start_together_make_one_connection(zoho, transactional_db):
    errors, ready = [], threading.Barrier(4)

    def start():
        try:
            ready.wait()
            organization_for()
        except Exception as error:
            errors.append(error)
        finally:
            databases.close_all()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert OAuthToken.objects.count() == 1


def test_without_credentials_it_says_what_to_do(settings, transactional_db):
    forget_environment(settings)

    with pytest.raises(NotConnected, match=r"zoho_connect.*ZOHO_CLIENT_ID"):
        organization_for()


def test_a_missing_variable_is_named(zoho, settings, transactional_db):
    settings.ZOHO = settings.ZOHO | {"CLIENT_SECRET": ""}

    with pytest.raises(NotConnected, match="ZOHO_CLIENT_SECRET is not set") as refusal:
        organization_for()

    assert "ZOHO_CLIENT_ID" not in str(refusal.value)


def test_a_number_that_is_no_organisation_is_refused_before_anything_is_stored(
    zoho, settings, transactional_db
):
    settings.ZOHO = settings.ZOHO | {"ORGANIZATION_ID": "my company"}

    with pytest.raises(NotConnected, match="ZOHO_ORGANIZATION_ID"):
        organization_for()

    assert not Organization.objects.exists()


def test_the_only_stored_connection_needs_no_name(settings, transactional_db):
    forget_environment(settings)
    organization = stored("700000009")

    assert organization_for() == organization


def test_among_several_connections_one_must_be_named(settings, transactional_db):
    forget_environment(settings)
    stored("700000008")
    other = stored("700000009")

    with pytest.raises(NotConnected, match="700000008, 700000009"):
        organization_for()
    assert organization_for("700000009") == other
    with pytest.raises(NotConnected, match="700000010 is not connected"):
        organization_for("700000010")


def test_a_stored_connection_can_be_named_beside_the_environments_own(zoho, transactional_db):
    other = stored("700000009")

    assert organization_for("700000009") == other
    assert organization_for().external_id == "700000001"


def test_an_organisation_that_is_not_ours_is_told_in_a_sentence(zoho, settings, transactional_db):
    settings.ZOHO = settings.ZOHO | {"ORGANIZATION_ID": "700000099"}

    with (
        ZohoClient(organization_for()) as client,
        pytest.raises(AuthError, match=r"no access to organisation 700000099.*ZOHO_ORGANIZATION_ID"),
    ):
        client.get("items")


def test_one_of_several_organisations_must_be_chosen():
    found = [
        FoundOrganization("700000008", "Shop"),
        FoundOrganization("700000009", "Warehouse", is_default=True),
    ]

    with pytest.raises(ChooseOrganization) as question:
        choose_organization(found, "", None)
    assert question.value.found == found
    assert choose_organization(found, "700000009", None).name == "Warehouse"
    assert choose_organization(found, "", lambda known: known[0].external_id).name == "Shop"
    with pytest.raises(AuthError, match="700000010"):
        choose_organization(found, "", lambda known: "700000010")


def test_the_organisations_name_currency_and_zone_are_kept(client, api_calls):
    refresh_organization(client)

    organization = Organization.objects.get()
    assert organization.name
    assert (organization.currency_code, organization.time_zone) == ("IQD", "Asia/Baghdad")
    assert len(api_calls()) == 1
