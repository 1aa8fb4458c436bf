"""How the floor fills our tables: `python -m bench.columns` prints it as JSON, taken from our own models and mappings.

{entity: {"table": name, "told": [[column, payload's key, value for nothing, is JSON]], "rest": {column: constant}}}
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.db import models

_EVERY_ROW = {"id", "organization_id", "external_id", "synced_at", "payload"}  # the floor fills them itself


def describe(mapping) -> dict[str, Any]:
    told, rest = [], {}
    keys: set[str] = set()
    for field in mapping.model._meta.concrete_fields:
        source = mapping.fields.get(field.attname)
        # One column a key: "is active" is read from the status, which the floor does not interpret.
        if source is not None and source.key not in keys and field.attname != "is_active":
            keys.add(source.key)
            told.append([field.column, source.key, _nothing(field), isinstance(field, models.JSONField)])
        elif field.attname not in _EVERY_ROW and not field.is_relation and not field.null:
            rest[field.column] = _nothing(field)
    return {"table": mapping.model._meta.db_table, "told": told, "rest": rest}


def _nothing(field: models.Field) -> Any:
    default = field.get_default()
    return json.dumps(default) if isinstance(field, models.JSONField) else default


def main() -> None:
    django.setup()
    from zoho_sync.processors import price_lists, products, stock, warehouses

    mappings = {
        "warehouses": warehouses.locations,
        "products": products.mapping,
        "stock": stock.levels,
        "price_lists": price_lists.lists,
        "prices": price_lists.items,
    }
    sys.stdout.write(json.dumps({name: describe(mapping) for name, mapping in mappings.items()}))


if __name__ == "__main__":
    main()
