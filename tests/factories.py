"""Rows for tests, one factory per table. Every row belongs to the one default organisation."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal

import factory
from django.contrib.auth import get_user_model
from factory.django import DjangoModelFactory

from inventory import models as inventory
from zoho_sync import models as sync
from zoho_sync.options import SyncMode, SyncOptions, Trigger
from zoho_sync.subjects import SUBJECTS

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # 12:00 in Baghdad


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = inventory.Organization
        django_get_or_create = ("external_id",)

    external_id = "10234695"
    name = "TSH"
    currency_code = "IQD"
    time_zone = "Asia/Baghdad"


class MirroredFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    organization = factory.SubFactory(OrganizationFactory)
    synced_at = NOON
    cause = "run 1"


class WarehouseFactory(MirroredFactory):
    class Meta:
        model = inventory.Warehouse

    external_id = factory.Sequence(lambda n: f"51000000000770{n:02d}")
    name = factory.Sequence(lambda n: f"Warehouse {n}")
    status = "active"
    is_active = True


class ProductFactory(MirroredFactory):
    class Meta:
        model = inventory.Product

    external_id = factory.Sequence(lambda n: f"5100000000084{n:03d}")
    name = factory.Sequence(lambda n: f"كيبل شبكة {n}")
    sku = factory.Sequence(lambda n: f"CB-{n}")
    status = "active"
    is_active = True
    is_tracked = True
    unit_price = Decimal("12500")
    payload = factory.LazyAttribute(lambda row: f'{{"item_id":"{row.external_id}","name":"{row.name}"}}')


class ProductPictureFactory(MirroredFactory):
    """A picture that is here, as far as the database knows; its file is made by `with_file`."""

    class Meta:
        model = inventory.ProductPicture

    product = factory.SubFactory(ProductFactory, image_name="cable.png", image_document_id="5100000000900001")
    external_id = factory.SelfAttribute("product.external_id")
    document_id = factory.SelfAttribute("product.image_document_id")
    name = factory.SelfAttribute("product.image_name")
    state = "here"
    source_digest = factory.Sequence(lambda n: hashlib.sha256(f"source {n}".encode()).hexdigest())
    source_kind = "PNG"
    source_bytes = 5000
    digest = factory.Sequence(lambda n: hashlib.sha256(f"picture {n}".encode()).hexdigest())
    width = 640
    height = 480
    bytes = 34_000
    fetched_at = NOON


class CustomerFactory(MirroredFactory):
    class Meta:
        model = inventory.Customer

    external_id = factory.Sequence(lambda n: f"5100000000090{n:03d}")
    name = factory.Sequence(lambda n: f"مخزن النور {n}")
    currency_code = "IQD"
    status = "active"
    is_active = True


class PriceListFactory(MirroredFactory):
    class Meta:
        model = inventory.PriceList

    external_id = factory.Sequence(lambda n: f"5100000000049{n:03d}")
    name = factory.Sequence(lambda n: f"Wholesale {n}")
    kind = "per_item"
    scheme = "unit"
    currency_code = "USD"
    status = "active"
    is_active = True


class PriceListItemFactory(MirroredFactory):
    class Meta:
        model = inventory.PriceListItem

    external_id = factory.Sequence(lambda n: f"5100000000050{n:03d}")
    price_list = factory.SubFactory(PriceListFactory)
    product = factory.SubFactory(ProductFactory)
    currency_code = factory.SelfAttribute("price_list.currency_code")
    rate = Decimal("8.75")


class StockLevelFactory(MirroredFactory):
    class Meta:
        model = inventory.StockLevel

    product = factory.SubFactory(ProductFactory)
    warehouse = factory.SubFactory(WarehouseFactory)
    external_id = factory.LazyAttribute(
        lambda row: f"{row.product.external_id}:{row.warehouse.external_id}"[:64]
    )
    on_hand = Decimal(14)
    available = Decimal(14)
    committed = Decimal(3)
    available_for_sale = Decimal(11)


class StockCheckFactory(DjangoModelFactory):
    class Meta:
        model = inventory.StockCheck

    product = factory.SubFactory(ProductFactory)
    organization = factory.SelfAttribute("product.organization")
    verified_at = NOON


class StockChangeFactory(DjangoModelFactory):
    class Meta:
        model = inventory.StockChange

    level = factory.SubFactory(StockLevelFactory)
    figure = "on_hand"
    before = Decimal(16)
    after = Decimal(14)
    changed_at = NOON
    cause = "run 1"


class PriceChangeFactory(DjangoModelFactory):
    class Meta:
        model = inventory.PriceChange

    product = factory.SubFactory(ProductFactory)
    currency_code = "IQD"
    figure = "unit_price"
    before = Decimal(12000)
    after = Decimal(12500)
    changed_at = NOON
    cause = "run 1"


class FindingFactory(DjangoModelFactory):
    class Meta:
        model = inventory.Finding

    organization = factory.SubFactory(OrganizationFactory)
    check_key = "missing_skus"
    severity = "info"
    subject_kind = "product"
    subject_key = factory.Sequence(str)
    label = "Cable"
    facts = factory.LazyAttribute(lambda row: {"name": row.label})
    first_seen_at = opened_at = last_seen_at = NOON


class SyncRunFactory(DjangoModelFactory):
    class Meta:
        model = sync.SyncRun

    organization = factory.SubFactory(OrganizationFactory)
    entity = "products"
    mode = SyncMode.FULL
    trigger = Trigger.ADMIN
    status = sync.SyncRun.Status.SUCCEEDED
    options = factory.LazyAttribute(
        lambda row: SyncOptions(
            entity=row.entity, mode=row.mode, ids=("1",) if row.mode == SyncMode.REALTIME else ()
        ).as_json()
    )


class RecordErrorFactory(DjangoModelFactory):
    class Meta:
        model = sync.RecordError

    organization = factory.SubFactory(OrganizationFactory)
    entity = "products"
    external_id = factory.Sequence(lambda n: f"5100000000099{n:03d}")
    record_key = factory.SelfAttribute("external_id")
    reason = "name: it is empty"
    payload = '{"item_id": "1", "name": ""}'
    first_seen_at = NOON
    last_seen_at = NOON


class SyncCheckpointFactory(DjangoModelFactory):
    class Meta:
        model = sync.SyncCheckpoint

    organization = factory.SubFactory(OrganizationFactory)
    entity = "products"
    watermark = NOON
    full_at = NOON


class OAuthTokenFactory(DjangoModelFactory):
    class Meta:
        model = sync.OAuthToken

    organization = factory.SubFactory(OrganizationFactory)
    region = "com"
    client_id = "1000.CLIENT"
    client_secret = "client-secret"
    refresh_token = "1000.refresh"
    access_token = "1000.access"
    state = sync.OAuthToken.State.WORKING


class UserFactory(DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    is_staff = True


class AdministratorFactory(UserFactory):
    username = factory.Sequence(lambda n: f"administrator{n}")
    is_superuser = True


class WebhookDeliveryFactory(DjangoModelFactory):
    class Meta:
        model = sync.WebhookDelivery

    organization = factory.SubFactory(OrganizationFactory)
    door = "products"
    subject = "item"
    entity = factory.LazyAttribute(lambda row: SUBJECTS[row.subject].entity if row.subject else "")
    record_id = factory.Sequence(lambda n: f"5100000000084{n:03d}")
    proof = sync.WebhookDelivery.Proof.ZOHO_SIGNATURE
    secret_name = "main"
    content_hash = factory.LazyAttribute(lambda row: hashlib.sha256(row.body).hexdigest())
    content_type = "application/json"
    headers = factory.LazyFunction(lambda: {"X-Zoho-Webhook-Signature": "***"})
    body = factory.LazyAttribute(lambda row: f'{{"item":{{"item_id":"{row.record_id}"}}}}'.encode())


class WebhookExpectationFactory(DjangoModelFactory):
    class Meta:
        model = sync.WebhookExpectation

    organization = factory.SubFactory(OrganizationFactory)
    subject = "item"
