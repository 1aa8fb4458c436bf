"""No page of the admin asks the database more often because there are more rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from monitoring import alerts as life
from monitoring.models import Alert, AlertDelivery
from tests import factories as make
from tests.access import world as worlds
from tests.access.matrix import Row, rooms
from tests.monitoring.alerts.conftest import breach
from zoho_sync import models as sync

pytestmark = [pytest.mark.django_db, pytest.mark.one_leg, pytest.mark.slow, pytest.mark.usefixtures("groups")]
MORE, FEW = 12, 4
BY_LIST = "/price-comparison/"  # each price list is a column, read beside the others
MOST = (
    55  # of one page; the home page answers four questions, and the start page tells what each entity costs
)
ROOMS = {
    name: pages
    for name, rows in rooms().items()
    if (
        pages := [
            row
            for row in rows
            if row.route.startswith("admin/") and row.method == "GET" and "200" in row.statuses.split()[-1]
        ]
    )
}


def many_more(world: Any) -> None:
    """Of everything that grows by itself, upon the rows that the pages are about."""
    for number in range(MORE):
        level = make.StockLevelFactory(product=world.product)
        price = make.PriceListItemFactory(product=world.product)
        make.StockLevelFactory(warehouse=world.warehouse)
        make.PriceListItemFactory(price_list=world.pricelist)
        make.StockCheckFactory(product=make.ProductFactory())
        make.CustomerFactory(price_list=world.pricelist)
        make.StockChangeFactory(level=level)
        make.StockChangeFactory(level=world.stocklevel)
        make.PriceChangeFactory(product=world.product, price_list=price.price_list)
        run = make.SyncRunFactory(entity="stock")
        make.RecordErrorFactory(run=world.syncrun)
        make.RecordErrorFactory(run=run, entity="stock")
        make.WebhookDeliveryFactory(status="dead")
        make.UserFactory()
        sync.PlannedChange.objects.create(
            run=world.syncrun, table="products", external_id="n", action="update"
        )
        sync.Event.objects.create(name="tds.zoho.sync.started", data={"run": run.pk})
        sync.Repair.objects.create(kind="runs", at=make.NOON, worked=True, what="queued again", run=run)
        sync.TruthCheck.objects.create(
            organization=world.organization,
            entity="products",
            external_id=make.ProductFactory().external_id,
            checked_at=timezone.now(),
            verdict="drift",
        )
        life.open_alert(world.alertrule, breach(f"dead-letters:{number}:{Alert.objects.count()}"))
        AlertDelivery.objects.create(channel=world.alertchannel, state="dead", created_at=make.NOON)


@pytest.mark.parametrize("room", ROOMS)
def test_as_often_for_many_rows_as_for_few(room):
    world = worlds.build()
    client = worlds.sessions(world)["administrator"]

    def queries(row: Row) -> int:
        row.ask(client, world)  # once for what is kept afterwards
        with CaptureQueriesContext(connection) as asked:
            answer = row.ask(client, world)
            b"".join(answer) if answer.streaming else answer.content
        return len(asked)

    few = {row: queries(row) for row in ROOMS[room]}
    many_more(world)
    # A few are for how many there are, once they do not fit on the page, and for finding a moment in a longer history.
    most = {row: few[row] + (MORE if BY_LIST in row.address(world) else FEW) for row in ROOMS[room]}
    grown = {row.route: (few[row], now) for row in ROOMS[room] if (now := queries(row)) > most[row]}

    assert grown == {}
    assert {row.route: count for row, count in few.items() if count > MOST} == {}
