"""Everything that is mirrored, as files that a company can take along."""

from __future__ import annotations

import csv
import hashlib
import json
from decimal import Decimal

import pytest

from backups.errors import BackupError
from backups.mirror import columns
from backups.mirror.export import export
from inventory.models import Product, SalesOrderLine
from inventory.pictures import store
from tests.document_factories import SalesOrderFactory
from tests.factories import NOON, ProductFactory


def lines(folder, name):
    with (folder / "jsonl" / f"{name}.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def cells(folder, name):
    with (folder / "csv" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_has_its_rows_in_both_forms(world, tmp_path):
    done = export(tmp_path / "mirror")

    rows = {each.name: each.rows for each in done.files}
    for model in columns.entities():
        name, count = columns.file_name(model), model.objects.count()
        assert rows[f"csv/{name}.csv"] == rows[f"jsonl/{name}.jsonl"] == count
        assert len(lines(done.folder, name)) == len(cells(done.folder, name)) == count
    assert {"product", "sales_order_line", "stock_change", "price_change", "price_list_item"} <= {
        columns.file_name(model) for model in columns.entities()
    }


def test_json_lines_hold_every_field_exactly(transactional_db, tmp_path):
    product = ProductFactory(
        unit_price=Decimal("12500.12345678"), payload='{"rate": 1.50,  "a":"ب"}', source_modified_at=NOON
    )

    [row] = lines(export(tmp_path / "mirror").folder, "product")

    assert row["payload"] == '{"rate": 1.50,  "a":"ب"}'
    assert Decimal(row["unit_price"]) == Decimal("12500.12345678")
    assert row["source_modified_at"] == "2026-11-20T09:00:00+00:00"
    assert row["organization_external_id"] == product.organization.external_id
    told = {each.attname for each in Product._meta.concrete_fields}
    assert told - set(row) == {"search_text", "payload_hash"} & told | {"detail_hash"} & told


def test_no_cell_of_the_csv_is_a_formula(transactional_db, tmp_path):
    ProductFactory(name="=HYPERLINK(1)", sku="+964", unit_price=Decimal("-5.50"), source_modified_at=NOON)

    path = export(tmp_path / "mirror").folder / "csv" / "product.csv"

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    [row] = cells(path.parent.parent, "product")
    assert (row["name"], row["sku"], row["unit_price"]) == ("'=HYPERLINK(1)", "'+964", "-5.5")
    assert (row["source_modified_at"], row["is_active"]) == ("2026-11-20 12:00:00", "true")
    assert "payload" not in row


def test_lines_lead_to_their_documents(transactional_db, tmp_path):
    order = SalesOrderFactory()
    line = SalesOrderLine.objects.create(
        organization=order.organization, external_id="5100000000300001", document=order, synced_at=NOON,
        name="كيبل", quantity=Decimal("2.5"),
    )  # fmt: skip

    folder = export(tmp_path / "mirror").folder

    [told], [shown] = lines(folder, "sales_order_line"), cells(folder, "sales_order_line")
    for each in (told, shown):
        assert int(each["id"]) == line.pk
        assert int(each["document_id"]) == order.pk
        assert each["document_external_id"] == order.external_id
        assert Decimal(each["quantity"]) == Decimal("2.5")
    [head] = lines(folder, "sales_order")
    assert (head["id"], head["customer_external_id"]) == (order.pk, order.customer_external_id)


def test_the_readme_explains_every_column(world, tmp_path):
    folder = export(tmp_path / "mirror").folder
    readme = (folder / "README.md").read_text(encoding="utf-8")

    for model in columns.entities():
        _before, found, section = readme.partition(f"\n## {columns.file_name(model)}\n")
        assert found
        section = section.partition("\n## ")[0]
        for column in columns.columns(model):
            assert f"| `{column.name}` | {column.kind} | " in section
    assert "Asia/Baghdad" in readme


def test_the_manifest_proves_every_file(world, tmp_path):
    folder = export(tmp_path / "mirror").folder

    for each in json.loads((folder / "manifest.json").read_text())["files"]:
        assert hashlib.sha256((folder / each["name"]).read_bytes()).hexdigest() == each["sha256"]


def test_pictures_go_along_in_their_largest_size(world, tmp_path):
    folder = export(tmp_path / "mirror").folder

    assert (
        {path.name.partition(".")[0] for path in (folder / "pictures").iterdir()} == store.digests() != set()
    )


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_one_form_alone(transactional_db, tmp_path, command, form):
    told = command("export_mirror", tmp_path / "mirror", "--format", form)

    assert told.code == 0, told.err
    assert {path.name for path in (tmp_path / "mirror").iterdir()} == {
        form, "pictures", "README.md", "manifest.json",
    }  # fmt: skip


def test_a_folder_that_holds_something_is_left_alone(transactional_db, tmp_path):
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / "mine").write_text("x")

    with pytest.raises(BackupError, match="not empty"):
        export(tmp_path / "mirror")

    assert [path.name for path in (tmp_path / "mirror").iterdir()] == ["mine"]
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []
