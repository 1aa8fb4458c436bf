"""Large reports: reckoned by a worker, kept for a while, shown and exported from what is kept."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django_q.models import OrmQ

from inventory.models import KeptReport, KeptRows, Product, StockLevel
from inventory.reports import kept, registry, services
from tests.factories import NOON, PriceListFactory, ProductFactory, StockLevelFactory, WarehouseFactory

from .conftest import TODAY, invoice

pytestmark = pytest.mark.django_db
PAGE = "/admin/reports/sales-by-item/"


@pytest.fixture
def large(settings):
    """Everything counts as much to read."""
    settings.REPORTS = settings.REPORTS | {"ROWS_AT_ONCE": -1}


def asked_of(key, **given):
    report = registry.get(key)
    told = {name: value if isinstance(value, list) else [str(value)] for name, value in given.items()}
    asked = report.parameters(MultiValueDict(told), today=TODAY)
    assert asked.is_valid()
    return report, asked


def work():
    for key in KeptReport.objects.filter(claimed_at=None).values_list("pk", flat=True):
        kept.reckon(key)


def test_a_page_waits_for_the_worker_and_then_shows_what_he_found(seer, cable, large):
    today = timezone.localdate()
    invoice((cable, 3, 300), date=today)
    waiting = seer.get(PAGE).content.decode()
    assert "a worker reckons this report" in waiting
    assert seer.get(f"{PAGE}live/").json()["state"] == "waits"
    seer.get(PAGE)
    assert KeptReport.objects.count() == 1  # who asks twice waits for one

    work()

    assert seer.get(f"{PAGE}live/").json()["state"] == "there"
    told = seer.get(PAGE).content.decode()
    assert "Cable" in told and "300 <small>IQD</small>" in told
    assert KeptReport.objects.count() == 1
    assert b"Cable" in b"".join(seer.post(f"{PAGE}export/csv/"))


def test_a_job_is_put_into_the_queue(cable, django_capture_on_commit_callbacks):
    report, asked = asked_of("sales-by-item")
    with django_capture_on_commit_callbacks(execute=True):
        row = kept.ask(report, asked, "-revenue")
    assert OrmQ.objects.get().task["args"] == (row.pk,)
    assert OrmQ.objects.get().task["func"] == "inventory.reports.kept.reckon"


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("sales-by-item", {}),
        ("sales-by-customer", {}),
        ("sales-by-salesperson", {}),
        ("stock-value", {"by": "product"}),
        ("low-stock", {"show": "all"}),
        ("dead-stock", {}),
        ("receivables", {}),
        ("price-comparison", {}),
        ("past-stock", {"at": "2026-11-20T12:00", "show": "all"}),
        ("past-prices", {"at": "2026-11-20T12:00"}),
    ],
)
def test_what_is_kept_is_what_was_reckoned(large, key, given):
    product = ProductFactory(purchase_price=Decimal("0.1"))
    PriceListFactory()
    StockLevelFactory(product=product, warehouse=WarehouseFactory(sells=True), on_hand=Decimal("2.5"))
    StockLevelFactory(warehouse=WarehouseFactory(sells=True), on_hand=None)
    invoice(
        (product, Decimal("1.5"), "10.25"), (None, None, 3), balance=Decimal("4.5"), due_date=date(2026, 1, 1)
    )
    report, asked = asked_of(key, **given)

    services.answer(report, asked)
    work()
    found = services.answer(report, asked).answer
    fresh = services.compute(report, asked)

    assert list(found.rows) == list(fresh.rows)
    assert list(found.rows[:1]) == fresh.rows[:1]
    assert found.totals == fresh.totals
    assert list(map(str, found.notes)) == list(map(str, fresh.notes))
    assert [each.name for each in found.columns] == [each.name for each in fresh.columns]


def test_rows_lie_in_pieces_and_are_read_across_them(large):
    place = WarehouseFactory(sells=True)
    facts = {"organization": place.organization, "synced_at": NOON}
    products = Product.objects.bulk_create(
        Product(name=f"Product {number:04}", external_id=str(number), **facts)
        for number in range(kept.PIECE * 2 + 1)
    )
    StockLevel.objects.bulk_create(
        StockLevel(product=each, warehouse=place, external_id=each.external_id, available_for_sale=0, **facts)
        for each in products
    )
    report, asked = asked_of("low-stock")
    services.answer(report, asked, "product")
    work()
    rows = services.answer(report, asked, "product").answer.rows
    around = slice(kept.PIECE - 2, kept.PIECE + 3)
    assert KeptRows.objects.count() == 3
    assert [row[0] for row in rows[around]] == [product.pk for product in products[around]]
    assert len(list(rows)) == len(rows) == len(products)


def test_other_parameters_another_order_or_another_day_are_another_question():
    report, asked = asked_of("sales-by-item")
    _report, other = asked_of("sales-by-item", currency="USD")
    tomorrow = report.parameters(
        MultiValueDict({"since": ["2026-10-23"], "until": ["2026-11-21"]}), today=TODAY + timedelta(1)
    )
    assert tomorrow.is_valid()
    told = {
        kept.digest_of(report, asked, "-revenue"),
        kept.digest_of(report, other, "-revenue"),
        kept.digest_of(report, asked, "revenue"),
        kept.digest_of(report, tomorrow, "-revenue"),
    }
    assert len(told) == 4
    _report, same = asked_of("sales-by-item", since="2026-10-23", until="2026-11-21")
    assert kept.digest_of(report, same, "-revenue") == kept.digest_of(report, asked, "-revenue")


def test_an_old_answer_is_shown_while_a_newer_one_is_reckoned(large, cable):
    invoice((cable, 1, 10))
    report, asked = asked_of("sales-by-item")
    services.answer(report, asked)
    work()
    KeptReport.objects.update(computed_at=timezone.now() - timedelta(hours=2))
    found = services.answer(report, asked)
    assert found.answer is not None and found.is_renewed
    work()
    found = services.answer(report, asked)
    assert not found.is_renewed and found.answer.computed_at > timezone.now() - timedelta(hours=1)


def test_somebody_may_have_it_reckoned_anew(seer, large, cable):
    seer.get(PAGE)
    work()
    assert seer.post(PAGE).status_code == 302
    assert KeptReport.objects.filter(claimed_at=None).count() == 1
    assert "Being reckoned anew" in seer.get(PAGE).content.decode()


def test_a_failure_is_said_and_tried_again_when_somebody_asks(seer, large, caplog):
    seer.get(PAGE)
    row = KeptReport.objects.get()
    KeptReport.objects.update(question=row.question | {"order": "nothing"})
    work()
    assert "could not be reckoned" in caplog.text
    assert seer.get(f"{PAGE}live/").json()["state"] == "failed"
    assert "could not be reckoned; the log of the worker says why" in seer.get(PAGE).content.decode()
    seer.post(PAGE)
    work()
    assert "could not be reckoned" not in seer.get(PAGE).content.decode()


def test_a_lost_job_is_not_waited_for_forever(large):
    report, asked = asked_of("sales-by-item")
    services.answer(report, asked)
    KeptReport.objects.update(claimed_at=NOON, asked_at=NOON)
    services.answer(report, asked)
    assert KeptReport.objects.filter(claimed_at=None).count() == 1


def test_old_answers_are_forgotten_and_a_job_runs_once(large):
    report, asked = asked_of("sales-by-item")
    services.answer(report, asked)
    work()
    KeptReport.objects.update(asked_at=timezone.now() - timedelta(days=3))
    row = kept.ask(report, asked, "-revenue")
    kept.reckon(row.pk)
    kept.reckon(row.pk)
    assert list(KeptReport.objects.values_list("pk", flat=True)) == [row.pk]


def test_columns_that_have_gone_are_not_told(large):
    price_list = PriceListFactory()
    report, asked = asked_of("price-comparison")
    services.answer(report, asked)
    work()
    assert services.answer(report, asked).answer is not None
    type(price_list).objects.update(is_active=False)
    assert services.answer(report, asked).answer is None
