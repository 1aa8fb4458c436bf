"""What a sync brings adds up: a source's own way of reckoning is no finding."""

from __future__ import annotations

import pytest

from inventory.integrity import runs
from inventory.integrity.told import plain
from inventory.models import Finding
from zoho_sync.processors import registry

pytestmark = pytest.mark.django_db(transaction=True)


def test_mirrored_documents_add_up_until_a_line_is_another(sandbox, organization, run_sync):
    for entity in ("invoices", "sales_orders", "credit_notes", "purchase_orders", "bills", "vendor_credits"):
        run_sync(entity)
        assert not registry.get(entity).model.objects.live().filter(detail_at=None).exists()
    list(runs.run([organization], ["documents_add_up"]))
    assert [plain(each.check_key, each.facts, each.label) for each in Finding.objects.all()] == []

    line = (
        registry.get("bills")
        .model.objects.exclude(status="void")
        .exclude(status="draft")
        .first()
        .lines.first()
    )
    line.total += 1000
    line.save()
    list(runs.run([organization], ["documents_add_up"], only_changed=True))

    assert Finding.objects.get().subject_id == line.document_id
