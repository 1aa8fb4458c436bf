"""What a page may fetch (Content-Security-Policy), said by a header that is made once.

The library makes it anew for every answer, which takes a twentieth of a page of the API. Ours differs only where a view
says so by one of the library's decorators, or asks for a nonce; such answers are left to the library. Of the settings
only the directives are obeyed, no prefixes are exempt.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from csp.constants import HEADER, HEADER_REPORT_ONLY
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest


class PagePolicy(CSPMiddleware):
    def process_response(self, request: HttpRequest, response: Any) -> Any:
        has_own = any(name.startswith("_csp") for name in vars(response)) or hasattr(request, "_csp_nonce")
        if has_own:
            return super().process_response(request, response)
        for name, policy in self._usual.items():
            response.headers.setdefault(name, policy)
        return response

    @cached_property
    def _usual(self) -> dict[str, str]:
        """The headers of an answer whose view says nothing about them."""
        policies = {HEADER: build_policy(), HEADER_REPORT_ONLY: build_policy(report_only=True)}
        return {name: policy for name, policy in policies.items() if policy}
