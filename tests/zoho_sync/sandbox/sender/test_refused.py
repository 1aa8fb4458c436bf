"""Webhooks that the sandbox does not take."""

from __future__ import annotations

import pytest

from zoho_sync.sandbox import SandboxError


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        ({"module": "brands"}, "no module 'brands'"),
        ({"url": "http://example.com/"}, "this machine only"),
        ({"url": "http://10.0.0.1/"}, "this machine only"),
        ({"url": "https://127.0.0.1/"}, "looks like"),
        ({"url": "nonsense"}, "looks like"),
        ({"url": "http://127.0.0.1:99999/"}, "looks like"),
        ({"query": ["a"]}, "query"),
        ({"secret": "short"}, "12 to 50"),
        ({"secret": "with spaces in it"}, "12 to 50"),
        ({"form": "xml"}, "no form 'xml'"),
        ({"form": "raw"}, "template"),
        ({"template": "{}"}, "template"),
        ({"events": ["moved"]}, "no event 'moved'"),
        ({"events": []}, "at least one event"),
        ({"encoding": "base32"}, "no encoding"),
    ],
)
def test_a_webhook_that_makes_no_sense_is_refused(order, complaint, control):
    with pytest.raises(SandboxError, match=complaint):
        control.set_webhook(**({"module": "items", "url": "http://127.0.0.1:1/"} | order))

    assert control.webhooks() == []
