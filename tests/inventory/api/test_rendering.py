"""What JSON itself has no form for is told in one all the same."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from inventory.api.rendering import as_json


def test_keys_that_are_no_texts_become_texts():
    assert json.loads(as_json({"counts": {7: Decimal("1.50"), None: 2}})) == {
        "counts": {"7": "1.5", "null": 2}
    }


def test_what_has_no_plain_form_is_refused():
    with pytest.raises(TypeError):
        as_json({"what": object()})
