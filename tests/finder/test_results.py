"""What the search over everything finds, in which order, for whom, and what it costs."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from monitoring.models import Alert
from tests.access.conftest import groups, permitted  # noqa: F401
from tests.factories import (
    NOON,
    AdministratorFactory,
    CustomerFactory,
    PriceListFactory,
    ProductFactory,
    RecordErrorFactory,
    SyncCheckpointFactory,
    SyncRunFactory,
    UserFactory,
    WarehouseFactory,
    WebhookDeliveryFactory,
)
from zoho_sync.models import SyncRun
from zoho_sync.sentences import counted

pytestmark = pytest.mark.django_db
RESULTS, PAGE = "/admin/search/results/", "/admin/search/"


class Options(HTMLParser):
    """(text, address) of every option, in their order."""

    def __init__(self, html: str):
        super().__init__()
        self.hits: list[tuple[str, str]] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "a":
            self.hits.append(("", dict(attrs)["href"]))
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "a"

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip():
            text, address = self.hits[-1]
            self.hits[-1] = (f"{text} {data.strip()}".strip(), address)


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(AdministratorFactory())
    return client


def asked(client: Client, typed: str, language: str = "en") -> list[tuple[str, str]]:
    answer = client.get(RESULTS, {"q": typed}, headers={"accept-language": language})
    assert answer.status_code == 200
    return Options(answer.content.decode()).hits


def addresses(client: Client, typed: str, language: str = "en") -> list[str]:
    return [address for _text, address in asked(client, typed, language)]


@pytest.mark.parametrize("typed", ["CB-77", "cb-77", "5100000000777077", "٥١٠٠٠٠٠٠٠٠٧٧٧٠٧٧", "6291041500213"])
def test_a_whole_code_comes_before_everything_that_only_holds_it(typed, administrator):
    for n in range(6):
        ProductFactory(name=f"A spare part of {typed} {n}", sku=f"{typed}-{n}")
    exact = ProductFactory(name="Zoom lens", sku="CB-77", external_id="5100000000777077", ean="6291041500213")

    assert addresses(administrator, typed)[0] == f"/admin/inventory/product/{exact.pk}/change/"


def test_a_kind_with_an_exact_hit_comes_before_the_others(administrator):
    ProductFactory(name="Parts for Salam Trading")
    customer = CustomerFactory(name="Salam Trading", number="C-9")
    ProductFactory(name="Holder C-9 and more")

    assert addresses(administrator, "c-9")[0] == f"/admin/inventory/customer/{customer.pk}/change/"


def test_arabic_is_found_however_it_is_spelt(administrator):
    product = ProductFactory(name="كَابِل شَحْن سريع")
    ProductFactory(name="شاحن")

    assert addresses(administrator, "شحن كابل") == [f"/admin/inventory/product/{product.pk}/change/"]


@pytest.mark.parametrize("typed", ["#{}", "{}", "run {}", "عملية {}"])
def test_a_run_is_found_by_its_number(typed, administrator):
    run = SyncRunFactory()

    found = addresses(administrator, typed.format(run.pk), "ar")

    assert found[0] == f"/admin/zoho_sync/syncrun/{run.pk}/change/"


def test_a_run_is_found_by_arabic_digits(administrator):
    run = SyncRunFactory(pk=118)

    assert addresses(administrator, "#١١٨") == [f"/admin/zoho_sync/syncrun/{run.pk}/change/"]


def test_a_delivery_is_found_by_its_number_its_event_id_and_its_record(administrator):
    delivery = WebhookDeliveryFactory(record_id="460000000001234")
    page = f"/admin/zoho_sync/webhookdelivery/{delivery.pk}/change/"

    for typed in (f"delivery {delivery.pk}", str(delivery.event_id), "460000000001234", "٤٦٠٠٠٠٠٠٠٠٠١٢٣٤"):
        assert page in addresses(administrator, typed), typed


def test_a_failure_is_found_by_its_record(administrator):
    failure = RecordErrorFactory(entity="products", record_key="460000000009", external_id="460000000009")

    assert addresses(administrator, "460000000009") == [f"/admin/zoho_sync/recorderror/{failure.pk}/change/"]


@pytest.mark.parametrize("typed", ["#{}", "alert {}", "تنبيه {}"])
def test_an_alert_is_found_by_its_number(typed, administrator):
    alert = opened("The token is old")

    assert f"/admin/monitoring/alert/{alert.pk}/change/" in addresses(
        administrator, typed.format(alert.pk), "ar"
    )


@pytest.mark.parametrize("typed", ["dead letter", "LETTERS dead", "رسائل متعذرة"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_alert_is_found_by_words_of_its_title_in_either_language(typed, language, administrator):
    wanted = opened(counted("%(count)s dead letter", "%(count)s dead letters", 7) % {"count": 7})
    opened("The token is old")

    found = [each for each in addresses(administrator, typed, language) if "/alert/" in each]

    assert found == [f"/admin/monitoring/alert/{wanted.pk}/change/"]


def test_open_alerts_stand_before_those_that_are_over(administrator):
    still = opened("The queue is full")
    over = opened("The queue is full", state="resolved")

    found = addresses(administrator, "queue full")

    assert found == [f"/admin/monitoring/alert/{each.pk}/change/" for each in (still, over)]


def opened(title: str, **facts) -> Alert:
    facts = {"fingerprint": f"{title}{Alert.objects.count()}", "severity": "warning"} | facts
    return Alert.objects.create(title=title, first_seen_at=NOON, last_seen_at=NOON, **facts)


def test_what_has_left_the_source_is_found_by_a_whole_code_only_and_says_so(administrator):
    gone = ProductFactory(name="Old lamp", sku="OL-1", removed_at=NOON)

    assert asked(administrator, "lamp") == []
    (hit,) = asked(administrator, "ol-1")
    assert hit[1] == f"/admin/inventory/product/{gone.pk}/change/"
    assert "removed" in hit[0]


def test_more_than_a_handful_leads_on_to_the_list_with_the_same_words(administrator):
    for n in range(7):
        ProductFactory(name=f"Lamp {n}")

    found = addresses(administrator, "lamp")

    assert len(found) == 6
    assert found[-1] == "/admin/inventory/product/?q=lamp"


@pytest.mark.parametrize(
    ("typed", "language", "address"),
    [
        ("budget", "en", "/admin/zoho_sync/oauthtoken/budget/"),
        ("budget", "ar", "/admin/zoho_sync/oauthtoken/budget/"),
        ("المنتجات", "en", "/admin/inventory/product/"),
        ("الزبائن", "en", "/admin/inventory/customer/"),
        ("price changes", "ar", "/admin/inventory/pricechange/"),
        ("password", "en", "/admin/password_change/"),
    ],
)
def test_a_page_is_found_by_words_of_either_language(typed, language, address, administrator):
    assert address in addresses(administrator, typed, language)


@pytest.mark.parametrize("typed", ["sync prices", "price lists full", "start price lists"])
def test_an_action_tells_its_cost_and_leads_to_the_page_that_asks(typed, administrator):
    SyncCheckpointFactory()
    PriceListFactory.create_batch(7)

    found = dict(reversed(each) for each in asked(administrator, typed))

    assert "about 8 calls" in found["/admin/zoho_sync/syncrun/start/price_lists/full/"]
    assert not SyncRun.objects.exists()


def test_who_may_see_nothing_finds_nothing_but_pages_for_everybody():
    make_one_of_each("Lamp")
    client = Client()
    client.force_login(UserFactory(is_staff=True))

    for typed in ("lamp", "sync", "#1"):
        assert addresses(client, typed) == []
    assert addresses(client, "home") == ["/admin/"]


@pytest.mark.parametrize(
    ("permission", "part"),
    [
        ("inventory.view_product", "/product/"),
        ("inventory.view_customer", "/customer/"),
        ("inventory.view_pricelist", "/pricelist/"),
        ("inventory.view_warehouse", "/warehouse/"),
        ("zoho_sync.view_syncrun", "/syncrun/"),
        ("zoho_sync.view_webhookdelivery", "/webhookdelivery/"),
        ("zoho_sync.view_recorderror", "/recorderror/"),
        ("monitoring.view_alert", "/alert/"),
    ],
)
def test_every_kind_is_only_for_those_who_may_see_it(permission, part):
    run = make_one_of_each("555000111")
    client = Client()
    client.force_login(permitted(permission, is_staff=True))

    found = [*addresses(client, "555000111"), *addresses(client, f"#{run.pk}")]

    assert found
    assert all(part in address for address in found)


def make_one_of_each(name: str) -> SyncRun:
    ProductFactory(name=name, external_id="555000111")
    CustomerFactory(name=name, external_id="555000111")
    PriceListFactory(name=name, external_id="555000111")
    WarehouseFactory(name=name, external_id="555000111")
    WebhookDeliveryFactory(record_id="555000111")
    run = SyncRunFactory()
    RecordErrorFactory(entity="products", record_key="555000111", run=run)
    opened("555000111", pk=run.pk)
    return run


RUBBISH = [
    "",
    " ",
    "x" * 1000,
    "word " * 200,
    "\x00",
    "a\x00b",
    "😀🧨",
    "\u200f\u202e\u2066",
    "#",
    "#" * 50,
    "#99999999999999999999999999",
    "-1",
    "²³",
    "%_'\"\\;--",
    "<script>alert(1)</script>",
    "\ud7ff\ufffd",
    "{% url %}",
    "1 2 3",
]


@pytest.mark.parametrize("typed", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_answered_calmly(typed, administrator):
    for address in (RESULTS, PAGE):
        answer = administrator.get(address, {"q": typed})
        assert answer.status_code == 200
        assert b"<script>alert" not in answer.content


def test_bytes_that_are_no_text_are_answered_calmly(administrator):
    assert administrator.get(f"{RESULTS}?q=%ff%fe%ed%a0%80").status_code == 200


def test_a_name_from_outside_stays_text(administrator):
    ProductFactory(name="<img src=x onerror=alert(1)> lamp")

    answer = administrator.get(RESULTS, {"q": "lamp"}).content.decode()

    assert "<img" not in answer
    assert "&lt;img" in answer


def test_a_parameter_that_is_not_known_is_named(administrator):
    answer = administrator.get(RESULTS, {"q": "lamp", "kind": "product"})

    assert answer.status_code == 400
    assert "kind" in answer.content.decode()


def test_a_search_changes_nothing_and_is_not_posted(administrator):
    assert administrator.post(RESULTS, {"q": "sync"}).status_code == 405


@pytest.mark.parametrize("typed", ["lamp", "lamp full", "555000111"])
def test_what_it_asks_of_the_database_is_bounded(typed, administrator, django_assert_max_num_queries):
    make_one_of_each("555000111")
    for n in range(30):
        ProductFactory(name=f"Lamp {n}")
        CustomerFactory(name=f"Lamp {n}")
    administrator.get(RESULTS, {"q": typed})

    with django_assert_max_num_queries(30):  # one of each kind that has no such row, three of those that have
        administrator.get(RESULTS, {"q": typed})


def test_an_action_costs_no_more_queries_than_its_figure(administrator, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        administrator.get(RESULTS, {"q": "sync"})


def test_it_speaks_the_language_of_the_page(administrator):
    run = SyncRunFactory()
    with translation.override("ar"):
        state = str(run.get_status_display())

    ((text, _address),) = asked(administrator, f"#{run.pk}", "ar")

    assert state in text
