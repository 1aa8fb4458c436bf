"""A drift is over when the record was read again, or a sync has brought other values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from inventory.models import Customer, Product
from tests.factories import NOON, CustomerFactory, ProductFactory, StockLevelFactory, SyncRunFactory
from zoho_sync import services
from zoho_sync.models import TruthCheck
from zoho_sync.options import Trigger

pytestmark = pytest.mark.django_db


def drift_of(row, *fields: tuple[str, object, object], entity: str = "products", **more) -> TruthCheck:
    table = row._meta.model_name
    record = row.external_id
    return TruthCheck.objects.create(
        organization=row.organization,
        entity=entity,
        external_id=record,
        checked_at=NOON,
        verdict="drift",
        differences=[
            {"table": table, "record": record, "label": "", "field": name, "here": here, "there": there}
            for name, here, there in fields
        ],
        **more,
    )


def is_over(drift: TruthCheck) -> bool:
    services.mend_drifts()
    drift.refresh_from_db()
    return drift.mended_at is not None


def test_as_long_as_a_wrong_value_is_there_it_stands():
    product = ProductFactory(unit_price="12.50", unit="pcs")
    drift = drift_of(product, ("unit_price", "12.5", "13"), ("unit", "pcs", "box"))

    assert not is_over(drift)
    Product.objects.update(unit_price="13")
    assert not is_over(drift)
    Product.objects.update(unit="box")
    assert is_over(drift)


@pytest.mark.parametrize("field", ["missing here", "missing in Zoho"])
def test_a_record_that_only_one_side_had(field):
    is_here = field == "missing in Zoho"
    customer = CustomerFactory(removed_at=None if is_here else NOON)
    drift = drift_of(customer, (field, None, None), entity="customers")

    assert not is_over(drift)
    Customer.objects.update(removed_at=NOON if is_here else None)
    assert is_over(drift)


def test_a_record_that_has_left_is_no_drift_any_more():
    product = ProductFactory(unit="pcs")
    drift = drift_of(product, ("unit", "pcs", "box"))
    Product.objects.update(removed_at=NOON)

    assert is_over(drift)


@pytest.mark.parametrize(("status", "over"), [("succeeded", True), ("running", False), ("failed", False)])
def test_it_is_over_when_the_run_that_was_asked_for_has_read_it(status, over):
    product = ProductFactory(unit="pcs")
    run = SyncRunFactory(status=status, finished_at=timezone.now())
    drift = drift_of(product, ("unit", "pcs", "box"), refresh_run=run)

    assert is_over(drift) is over


def test_a_refresh_is_one_run_an_entity_and_is_named_by_all_of_its_open_drifts():
    level, customer = StockLevelFactory(), CustomerFactory()
    product = level.product
    first, again = (drift_of(product, ("unit", "pcs", "box")) for _n in range(2))
    of_stock = drift_of(product, ("unit", "pcs", "box"), entity="stock")
    mended = drift_of(customer, ("name", "a", "b"), entity="customers", mended_at=NOON)

    runs = services.refresh_drifts(product.organization, [again, of_stock], trigger=Trigger.ADMIN)

    assert [(run.entity, run.mode, run.options["ids"]) for run in runs] == [
        ("products", "realtime", [product.external_id]),
        ("stock", "realtime", [product.external_id]),
    ]
    for row in (first, again, of_stock, mended):
        row.refresh_from_db()
    assert (first.refresh_run, again.refresh_run, of_stock.refresh_run) == (runs[0], runs[0], runs[1])
    assert mended.refresh_run is None


def test_decimals_are_compared_as_they_are_told():
    level = StockLevelFactory(on_hand=Decimal("-2.50"))
    drift = drift_of(level, ("on_hand", "-2.5", "7"), entity="stock")

    assert not is_over(drift)
