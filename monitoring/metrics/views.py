"""/metrics: what Prometheus scrapes, with a token that may read and whose user may see the metrics."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from inventory.api.filters import refuse_strange_parameters

from .exposition import exposition


class OneForm(BaseContentNegotiation):
    """There is one form, whatever a scraper prefers: each of its versions asks for others, and takes this one."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


@extend_schema(exclude=True)  # it is Prometheus' own contract, and no JSON
class MetricsView(APIView):
    permissions = {"get": ("monitoring.view_metricsample",)}
    content_negotiation_class = OneForm

    def get(self, request: Request) -> HttpResponse:
        refuse_strange_parameters(request, ())
        headers = {"Cache-Control": "no-store"}
        return HttpResponse(
            exposition(timezone.now()), content_type=CONTENT_TYPE_PLAIN_0_0_4, headers=headers
        )
