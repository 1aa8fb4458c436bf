"""Pages tell times in the zone of the organisation, as long as there is one that has one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import AdministratorFactory, OrganizationFactory, ProductFactory

pytestmark = [pytest.mark.django_db, pytest.mark.one_leg]


def page() -> str:
    """A product's page, as a server shows it that has just come up; its row was written at 09:00 UTC."""
    client = Client()
    client.force_login(AdministratorFactory())
    product = ProductFactory()
    return client.get(reverse("admin:inventory_product_change", args=[product.pk])).content.decode()


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("Asia/Baghdad", "12:00"), ("Europe/Berlin", "10:00"), ("", "12:00"), ("Mars/Olympus", "12:00")],
)
def test_times_are_those_of_the_organisations_clocks(zone, shown):
    OrganizationFactory(time_zone=zone)

    assert f"20 November 2026, {shown}" in page() or f"20/11/2026 {shown}" in page()


def test_with_several_organisations_they_are_those_of_the_settings():
    OrganizationFactory(time_zone="Europe/Berlin")
    OrganizationFactory(external_id="2", time_zone="Asia/Tokyo")

    told = page()
    assert "12:00" in told and "10:00" not in told
