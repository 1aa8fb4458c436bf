"""What a record's page offers to ask of Zoho, and what it says where it cannot be asked."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.factories import OAuthTokenFactory, ProductFactory, UserFactory
from zoho_sync.models import OAuthToken

pytestmark = [pytest.mark.django_db, pytest.mark.one_leg]


def shown(client, product) -> str:
    page = client.get(reverse("admin:inventory_product_change", args=[product.pk])).content.decode()
    return page.split('class="tsh-verbs"')[1].split("</section>")[0]


def test_whoever_may_spend_calls_presses_buttons_that_post_and_name_their_cost(staff):
    OAuthTokenFactory()
    verbs = shown(staff, ProductFactory(external_id="51"))

    assert verbs.count('<form method="post"') == 2
    assert (
        "Compare this record with Zoho now, 1 call" in verbs
        and "Refresh this record from Zoho, about 1 call" in verbs
    )
    assert "https://inventory.zoho.com/app/10234695#/inventory/items/51" in verbs
    assert 'rel="noopener noreferrer"' in verbs


@pytest.mark.parametrize(
    ("state", "words"),
    [(None, "the organisation is not connected"), (OAuthToken.State.REFUSED, "it refuses our credentials")],
)
def test_where_zoho_cannot_be_asked_the_buttons_stay_and_say_why(staff, state, words):
    if state:
        OAuthTokenFactory(state=state)
    verbs = shown(staff, ProductFactory())

    assert "<form" not in verbs
    assert words in verbs
    assert verbs.count('aria-describedby="verbs-hindrance"') == 2


def test_somebody_who_only_looks_is_told_who_can(client):
    OAuthTokenFactory()
    person = UserFactory()
    person.user_permissions.add(Permission.objects.get(codename="view_product"))
    client.force_login(person)

    verbs = shown(client, ProductFactory())

    assert "<form" not in verbs and "An operator can compare and refresh." in verbs
    assert "Open in Zoho" in verbs
