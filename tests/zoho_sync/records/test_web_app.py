"""Where a record's page in Zoho is, and why there is none."""

from __future__ import annotations

import pytest

from inventory.models import Organization
from zoho_sync.models import OAuthToken
from zoho_sync.web_app import HOSTS, page_of
from zoho_sync.zoho.regions import REGIONS

COMPANY = Organization(external_id="748369814")


@pytest.mark.parametrize(
    ("region", "entity", "url"),
    [
        ("com", "products", "https://inventory.zoho.com/app/748369814#/inventory/items/51"),
        ("eu", "stock", "https://inventory.zoho.eu/app/748369814#/inventory/items/51"),  # the product's
        ("sa", "customers", "https://inventory.zoho.sa/app/748369814#/contacts/51"),
        ("ca", "customers", "https://inventory.zohocloud.ca/app/748369814#/contacts/51"),
        ("com", "invoices", "https://inventory.zoho.com/app/748369814#/invoices/51"),
        ("com", "customer_payments", "https://inventory.zoho.com/app/748369814#/paymentsreceived/51"),
    ],
)
def test_a_page_is_that_of_the_data_centre_and_the_organisation(region, entity, url):
    page = page_of(COMPANY, entity, "51", OAuthToken(region=region))
    assert (page.url, page.is_exact, page.reason) == (url, True, "")


def test_of_a_price_list_only_the_start_page_is_known():
    page = page_of(COMPANY, "price_lists", "51", OAuthToken(region="in"))
    assert page.url == "https://inventory.zoho.in/app/748369814#/home/dashboard"
    assert not page.is_exact


def test_every_data_centre_has_a_web_app():
    assert set(HOSTS) == set(REGIONS)


def test_an_id_never_leads_to_another_address():
    page = page_of(COMPANY, "products", "../51?x=1#y", OAuthToken(region="com"))
    assert page.url.endswith("#/inventory/items/..%2F51%3Fx%3D1%23y")


def test_a_sandbox_has_no_pages(settings):
    settings.ZOHO = settings.ZOHO | {"API_BASE_URL": "http://127.0.0.1:8900"}
    page = page_of(COMPANY, "products", "51", OAuthToken(region="com"))
    assert page.url == "" and "sandbox" in page.reason
