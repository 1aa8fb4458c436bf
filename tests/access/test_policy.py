"""What a page may fetch is said with every answer, in the words of the settings."""

from __future__ import annotations

import pytest
from csp.constants import NONCE
from csp.utils import build_policy
from django.http import HttpResponse
from django.test import RequestFactory

from tsh_erp.policy import PagePolicy

HEADER = "Content-Security-Policy"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/admin/login/", "/api/v1/products/", "/health/live", "/nothing/here/"])
def test_every_answer_has_the_policy_of_the_settings(client, path):
    assert client.get(path)[HEADER] == build_policy()


def test_a_nonce_stands_in_the_answer_that_asked_for_it_and_in_no_other(settings):
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": [NONCE]}}
    pages = PagePolicy(lambda request: HttpResponse(str(request.csp_nonce) if request.GET else ""))

    asking, other = pages(RequestFactory().get("/?nonce=1")), pages(RequestFactory().get("/"))

    assert f"'nonce-{asking.content.decode()}'" in asking[HEADER]
    assert "nonce" not in other[HEADER]
