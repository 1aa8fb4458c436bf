"""The six people of the matrix, and one row of each kind for them to look at."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from django_q.models import Schedule

from inventory import models as inventory
from inventory.pictures import making, store
from monitoring import alerts as life
from monitoring import models as watch
from tests import document_factories as papers
from tests import factories as make
from tests.access.conftest import bearer, token_of
from tests.access.matrix import PEOPLE
from tests.monitoring.alerts.conftest import breach, rule_for
from tsh_erp.access.models import LoginLock, SecondFactor
from tsh_erp.audit.models import AuditLine
from zoho_sync import models as sync
from zoho_sync.loader.summaries import with_rows
from zoho_sync.phases.passed import noted
from zoho_sync.sandbox.images import picture as png
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
        productpicture=picture_of(level.product),
        stockcheck=make.StockCheckFactory(product=level.product),
        stockchange=make.StockChangeFactory(level=level),
        pricechange=make.PriceChangeFactory(product=level.product, price_list=price.price_list),
        finding=make.FindingFactory(
            subject_id=level.product.pk, facts={"product": level.product.pk, "name": "Cable"}
        ),
        syncrun=run,
        recorderror=make.RecordErrorFactory(run=run),
        oauthtoken=make.OAuthTokenFactory(),
        webhookdelivery=make.WebhookDeliveryFactory(),
        trial=make.WebhookDeliveryFactory(is_test=True),
        webhooksecret=make_secret(level.organization, "main")[0],
        webhookexpectation=make.WebhookExpectationFactory(),
        dryrun=(dry := planned_run()),
        plannedchange=dry.planned_changes.get(table="product"),
        runchange=sync.RunChange.objects.create(
            run=run,
            table="product",
            external_id="1",
            label="Cable",
            action="update",
            changes={"unit_price": ["12000", "12500"]},
        ),
        truthcheck=sync.TruthCheck.objects.create(
            organization=level.organization,
            entity="products",
            external_id=level.product.external_id,
            checked_at=make.NOON,
            verdict=sync.TruthCheck.Verdict.DRIFT,
        ),
        repair=sync.Repair.objects.create(
            kind="runs", at=make.NOON, worked=True, what="queued again", run=run
        ),
        watch=watch.Watch.objects.create(name="watch"),
        event=sync.Event.objects.create(name="tds.zoho.sync.started", data={"run": run.pk}),
        schedule=Schedule.objects.create(func=START, name="products, full"),
        alert=life.open_alert(rule := rule_for(), breach()),
        alertrule=rule,
        alertchannel=(channel := watch.AlertChannel.objects.create(name="the log", kind="log")),
        alertdelivery=watch.AlertDelivery.objects.create(channel=channel, state="dead", created_at=make.NOON),
        group=Group.objects.create(name="A group"),
        user=(somebody := make.UserFactory(username="somebody")),
        secondfactor=SecondFactor.objects.create(
            user=somebody, key="JBSWY3DPEHPK3PXP", confirmed_at=make.NOON, recovery=["digest"]
        ),
        loginlock=LoginLock.objects.create(
            key="k",
            kind="user",
            username="somebody",
            count=50,
            begun_at=timezone.now(),
            locked_until=timezone.now() + timedelta(minutes=9),
        ),
        apitoken=token_of(make.UserFactory(username="a-program", is_staff=False), "read")[0],
        auditline=AuditLine.objects.create(
            what="changed", table="auth.user", door="admin", user_name="somebody"
        ),
        **documents(level),
        people={name: person(name) for name in PEOPLE if name != "anonymous"},
    )
    make.SyncCheckpointFactory()
    return world


def picture_of(product: Any) -> Any:
    """A picture that is on the disk too."""
    made = making.make(png("a picture", (64, 48)))
    store.keep(made)
    return make.ProductPictureFactory(product=product, digest=made.digest)


def documents(level: Any) -> dict[str, Any]:
    """One of each kind, with a line, for one customer or from one vendor; and what they refer to."""
    customer, vendor = make.CustomerFactory(), papers.VendorFactory()
    bought = {"customer": customer, "warehouse": level.warehouse}
    sold = {"vendor": vendor, "warehouse": level.warehouse}
    found: dict[str, Any] = {
        "salesorder": papers.SalesOrderFactory(**bought),
        "invoice": papers.InvoiceFactory(**bought, billing_address={"city": "Baghdad"}),
        "customerpayment": papers.CustomerPaymentFactory(**bought),
        "creditnote": papers.CreditNoteFactory(**bought),
        "package": papers.PackageFactory(**bought),
        "salesreturn": papers.SalesReturnFactory(**bought, sales_order=None),
        "purchaseorder": papers.PurchaseOrderFactory(**sold),
        "bill": papers.BillFactory(**sold),
        "vendorcredit": papers.VendorCreditFactory(**sold),
        "adjustment": papers.AdjustmentFactory(warehouse=level.warehouse, reason="Counted"),
        "transferorder": papers.TransferOrderFactory(warehouse=level.warehouse),
    }
    for kind, document in found.items():
        if kind != "customerpayment":
            papers.line_of(document, product=level.product)
    papers.line_of(found["customerpayment"], invoice=found["invoice"])
    theirs: dict[str, Any] = {"organization": level.organization, "synced_at": make.NOON, "name": "Something"}
    group = {"product_external_ids": [level.product.external_id]}
    return found | {
        "vendor": vendor,
        "sourceuser": inventory.SourceUser.objects.create(
            external_id="user", email="a@example.com", **theirs
        ),
        "currency": inventory.Currency.objects.create(external_id="currency", code="USD", **theirs),
        "tax": inventory.Tax.objects.create(external_id="tax", percentage=5, **theirs),
        "productgroup": inventory.ProductGroup.objects.create(external_id="group", **group, **theirs),
        "composite": inventory.Composite.objects.create(external_id="kit", product=level.product, **theirs),
    }


def planned_run() -> sync.SyncRun:
    """A dry run that can be applied, with moves of a price and of a figure."""
    run = make.SyncRunFactory(is_dry=True, finished_at=timezone.now(), started_at=timezone.now())
    for table, external_id, field in (("product", "71", "unit_price"), ("stocklevel", "71:81", "on_hand")):
        sync.PlannedChange.objects.create(
            run=run,
            table=table,
            mapping=table,
            kind="row",
            asked_at=timezone.now(),
            external_id=external_id,
            action="update",
            changes={field: ["12000", "12500"]},
        )
    run.summary = with_rows({}, run.planned_changes.all())
    run.phases = noted([], "list", timezone.now(), 2)
    run.save()
    return run


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
