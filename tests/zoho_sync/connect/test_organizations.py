"""Which organisation: one, several, none, one without Inventory, and never a second one beside the first."""

from __future__ import annotations

import pytest

from inventory.models import Organization
from tests.factories import OrganizationFactory, ProductFactory
from zoho_sync.models import ApiUsage, ConnectionDraft, OAuthToken, SyncRun

from .conftest import ORGANIZATION

pytestmark = pytest.mark.one_leg
SECOND = "700000002"


def consent(walker, zoho, **options) -> None:
    walker.prepare()
    walker.take("consent", "redeem", code=zoho.grant_code(**options))


def choose(walker, external_id: str) -> str:
    walker.take("organization", "choose", organization=external_id)
    return " ".join(walker.told)


def test_several_are_shown_and_the_chosen_one_is_connected(walker, zoho):
    zoho.set_organizations({ORGANIZATION: {}, SECOND: {"name": "فرع البصرة"}})
    consent(walker, zoho)
    assert "فرع البصرة" in walker.see("organization")

    choose(walker, SECOND)

    assert OAuthToken.objects.get().organization.name == "فرع البصرة"


def test_no_organisation_is_told_and_can_be_asked_for_again(walker, zoho):
    zoho.set_organizations({})
    consent(walker, zoho)
    assert "read no organisation" in walker.see("organization")

    zoho.set_organizations({ORGANIZATION: {}})
    walker.take("organization", "ask")

    assert "read no organisation" not in walker.see("organization")
    assert "Connected to" in choose(walker, ORGANIZATION)


def test_an_organisation_without_inventory_is_refused_and_the_consent_stays(walker, zoho):
    zoho.set_organizations({SECOND: {"has_inventory": False}, ORGANIZATION: {}})
    consent(walker, zoho)

    assert "Switch Inventory on" in choose(walker, SECOND)

    assert not OAuthToken.objects.exists()
    assert "Connected to" in choose(walker, ORGANIZATION)


def test_a_token_that_may_not_read_items_is_refused(walker, zoho):
    consent(walker, zoho, scope="ZohoInventory.settings.READ")

    assert "items" in choose(walker, ORGANIZATION)
    assert not OAuthToken.objects.exists()


def test_one_that_is_not_in_the_list_is_refused(walker, zoho, paths):
    consent(walker, zoho)
    zoho.forget_calls()

    assert "do not read organisation 700000099" in choose(walker, "700000099")
    assert paths() == []


def test_another_one_is_refused_while_rows_of_the_first_are_here(walker, zoho, paths):
    ProductFactory(organization=OrganizationFactory(external_id="1", name="TSH"))
    consent(walker, zoho)
    zoho.forget_calls()

    told = choose(walker, ORGANIZATION)

    assert "holds the rows of TSH (1)" in told
    assert paths() == []
    assert not OAuthToken.objects.exists()


def test_one_of_which_nothing_is_mirrored_makes_room_for_another(walker, zoho, paths):
    zoho.set_organizations({ORGANIZATION: {}, SECOND: {"name": "Second"}})
    walker.connect(zoho)
    walker.take("consent", "redeem", code=zoho.grant_code())
    assert "it is disconnected" in walker.see("organization")

    choose(walker, SECOND)

    assert OAuthToken.objects.get().organization.external_id == SECOND
    assert list(Organization.objects.values_list("external_id", flat=True)) == [SECOND]
    assert "/oauth/v2/token/revoke" in paths()


def test_one_that_had_a_run_is_disconnected_and_kept(walker, zoho):
    zoho.set_organizations({ORGANIZATION: {}, SECOND: {}})
    walker.connect(zoho)
    SyncRun.objects.create(
        organization=Organization.objects.get(), entity="products", mode="full", options={}
    )
    walker.take("consent", "redeem", code=zoho.grant_code())

    choose(walker, SECOND)

    assert Organization.objects.count() == 2
    assert SyncRun.objects.exists()


def test_the_environments_number_is_the_only_one_that_can_be_chosen(walker, zoho, settings):
    zoho.set_organizations({ORGANIZATION: {}, SECOND: {}})
    settings.ZOHO = settings.ZOHO | {"ORGANIZATION_ID": SECOND}
    consent(walker, zoho)

    assert f"names {SECOND}" in choose(walker, ORGANIZATION)
    assert not OAuthToken.objects.exists()


def test_two_who_choose_at_once_make_one_connection(walker, zoho):
    zoho.set_organizations({ORGANIZATION: {}, SECOND: {}})
    consent(walker, zoho)
    seen = walker.version()
    walker.take("organization", "choose", organization=ORGANIZATION, seen=seen)

    walker.take("organization", "choose", organization=SECOND, seen=seen)

    assert "no consent yet" in walker.told[0]
    assert OAuthToken.objects.get().organization.external_id == ORGANIZATION


def test_a_choice_on_an_older_list_is_refused(walker, zoho):
    consent(walker, zoho)
    seen = walker.version()
    walker.take("organization", "ask")

    walker.take("organization", "choose", organization=ORGANIZATION, seen=seen)

    assert "has changed this" in walker.told[0]
    assert not OAuthToken.objects.exists()


def test_an_access_token_that_has_ended_is_renewed_before_the_choice(walker, zoho):
    consent(walker, zoho)
    zoho.tokens("expire")
    ConnectionDraft.objects.update(access_expires_at=None)

    assert "Connected to" in choose(walker, ORGANIZATION)


def test_the_calls_that_were_made_are_in_the_ledger(walker, zoho):
    walker.connect(zoho)

    told = dict(ApiUsage.objects.filter(api="inventory").values_list("endpoint", "calls_count"))
    assert told == {"organizations": 1, "organizations/{id}": 1, "items": 1}
