"""The six people of the matrix, and one row of each kind for them to look at."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django_q.models import Schedule

from tests import factories as make
from tests.access.conftest import bearer, token_of
from tests.access.matrix import PEOPLE
from zoho_sync import models as sync
from zoho_sync.schedules import START
from zoho_sync.webhooks.keys import make_secret

ROLES = ("viewer", "operator", "administrator")


def build() -> SimpleNamespace:
    """Rows by their kind, in small letters, and `people` by name."""
    level = make.StockLevelFactory(warehouse__sells=True)
    price = make.PriceListItemFactory(product=level.product)
    run = make.SyncRunFactory()
    world = SimpleNamespace(
        organization=level.organization,
        product=level.product,
        warehouse=level.warehouse,
        stocklevel=level,
        pricelist=price.price_list,
        pricelistitem=price,
        customer=make.CustomerFactory(price_list=price.price_list),
        stockcheck=make.StockCheckFactory(product=level.product),
        stockchange=make.StockChangeFactory(level=level),
        pricechange=make.PriceChangeFactory(product=level.product, price_list=price.price_list),
        syncrun=run,
        recorderror=make.RecordErrorFactory(run=run),
        oauthtoken=make.OAuthTokenFactory(),
        webhookdelivery=make.WebhookDeliveryFactory(),
        trial=make.WebhookDeliveryFactory(is_test=True),
        webhooksecret=make_secret(level.organization, "main")[0],
        webhookexpectation=make.WebhookExpectationFactory(),
        plannedchange=sync.PlannedChange.objects.create(
            run=run, table="products", external_id="1", action=sync.PlannedChange.Action.UPDATE
        ),
        event=sync.Event.objects.create(name="tds.zoho.sync.started", data={"run": run.pk}),
        schedule=Schedule.objects.create(func=START, name="products, full"),
        group=Group.objects.create(name="A group"),
        user=make.UserFactory(username="somebody"),
        apitoken=token_of(make.UserFactory(username="a-program", is_staff=False), "read")[0],
        people={name: person(name) for name in PEOPLE if name != "anonymous"},
    )
    make.SyncCheckpointFactory()
    return world


def person(name: str) -> Any:
    user = make.UserFactory(username=name, is_staff=name != "user")
    if name in ROLES:
        user.groups.add(Group.objects.get(name=name.capitalize()))
    return user


def sessions(world: Any) -> dict[str, Client]:
    found = {name: Client(raise_request_exception=False) for name in PEOPLE}
    for name, user in world.people.items():
        found[name].force_login(user)
    return found


def tokens(world: Any, scope: str = "admin") -> dict[str, Client]:
    found = {"anonymous": Client(raise_request_exception=False)}
    for name, user in world.people.items():
        found[name] = Client(headers=bearer(token_of(user, scope)[1]), raise_request_exception=False)
    return found
