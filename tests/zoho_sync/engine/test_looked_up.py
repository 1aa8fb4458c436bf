"""However many records there are, those of a page are found by their ids. SQLite would rather go through all of an
organisation's: nobody tells it how its tables grow."""

from __future__ import annotations

import re

import pytest

from tests.plans import explained, on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_no_page_of_any_entity_goes_through_all_rows(sync_all, mode):
    sync_all("full")

    with explained() as asked:
        sync_all(mode)

    pages = [each for each in asked if "json_each(" in each.sql]
    assert len(pages) > 5
    assert [str(each) for each in pages if each.through_all] == []


def test_what_waits_for_a_record_is_looked_for_from_what_waits(sync_all):
    """At the end of every run, so those of webhooks too: few rows wait, and there is an index of them."""
    sync_all("full")
    with explained() as asked:
        sync_all("incremental")

    questions = [each for each in asked if " waiting WHERE " in each.sql]
    steps = [step for each in questions for step in each.steps if "waiting USING" in step]
    assert len(steps) > 20
    # Customers that wait for a price list have no index: there are few customers, and lists come once an hour.
    assert {step for step in steps if "_no_" not in step} == {
        "SEARCH waiting USING INDEX customer_presence (organization_id=?)"
    }
    assert not [each.sql[:200] for each in questions if any("LIST SUBQUERY" in step for step in each.steps)]


def test_the_newest_change_is_not_looked_for_among_what_tells_no_changes(sync_all):
    with explained() as asked:
        sync_all("full")

    newest = [each.sql for each in asked if each.sql.startswith("SELECT MAX(")]
    assert {re.search(r'FROM "(\w+)"', sql)[1] for sql in newest} == {
        "inventory_product",
        "inventory_pricelist",
        "inventory_customer",
    }


def test_what_has_gone_is_found_by_its_ids(sandbox, sync_all, run_sync):
    sync_all("full")
    gone = sandbox.ids("items")[:10]
    for each in gone:
        sandbox.delete("items", each)

    with explained() as asked:
        run = run_sync("products", ids=tuple(gone))

    assert run.removed_count == 10
    told = [each for each in asked if all(external_id in repr(each.params) for external_id in gone)]
    about = [each for each in told if '"inventory_product"' in each.sql]
    assert len(about) > 1
    assert [str(each) for each in about if each.through_all] == []
