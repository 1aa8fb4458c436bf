"""/api/v1/pictures/: how many products have their picture here; and the pictures themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ..admin import picture_files  # noqa: F401  (the parts of the addresses are registered there)
from ..models import Organization
from ..pictures import serving
from ..pictures.coverage import PictureCoverage, picture_coverage
from ..pictures.making import MEDIA_TYPE, SIDES
from . import exports
from .conditional import Conditional
from .filters import keys_asked, refuse_strange_parameters
from .rendering import OrjsonRenderer
from .wording import IF_NONE_MATCH, JSON, NOT_MODIFIED


class CoverageForm(serializers.Serializer):
    """products = named + unnamed; named = here + waiting + absent + refused + failed."""

    organization = serializers.CharField(help_text="External id of the company.")
    products = serializers.IntegerField(help_text="Products that are at the source.")
    named = serializers.IntegerField(help_text="Of how many the source names a picture.")
    unnamed = serializers.IntegerField(help_text="Of how many it names none.")
    here = serializers.IntegerField(help_text="Pictures that are kept here.")
    waiting = serializers.IntegerField(help_text="To be fetched.")
    absent = serializers.IntegerField(help_text="Named by the source, which has none to give.")
    refused = serializers.DictField(
        child=serializers.IntegerField(), help_text="Not fit to be kept, by problem."
    )
    failed = serializers.DictField(child=serializers.IntegerField(), help_text="Did not come, by problem.")


class PicturesForm(serializers.Serializer):
    results = CoverageForm(many=True)


_EXAMPLE = {
    "organization": "10234695", "products": 2200, "named": 770, "unnamed": 1430, "here": 740, "waiting": 22,
    "absent": 1, "refused": {"broken": 4, "too_many_pixels": 2}, "failed": {"not_answered": 1},
}  # fmt: skip


class PicturesView(Conditional, APIView):
    permissions = {"get": ("inventory.view_product",)}
    renderer_classes = (OrjsonRenderer,)
    content_negotiation_class = exports.NamedFormat

    @extend_schema(
        operation_id="pictures",
        summary="How many products have their picture here",
        description="And why the others have none, for each company. Where a product's picture is to be had stands in "
        "its row: `picture` of `/api/v1/products/`.",
        parameters=[
            OpenApiParameter("organization", str, description="Only this company; by external id or ours."),
            IF_NONE_MATCH,
        ],
        responses={(200, JSON): PicturesForm, 304: NOT_MODIFIED},
        examples=[
            OpenApiExample(
                "A company",
                value={"results": [_EXAMPLE]},
                response_only=True,
                media_type=JSON,
                status_codes=[200],
            )
        ],
    )
    def get(self, request: Request) -> Response:
        refuse_strange_parameters(request, {"organization", exports.PARAMETER})
        organizations = Organization.objects.order_by("pk")
        if keys := keys_asked(request, "organization", Organization):
            organizations = organizations.filter(pk__in=keys)
        return Response({"results": [_told(each, picture_coverage([each])) for each in organizations]})


def _told(organization: Organization, found: PictureCoverage) -> dict[str, Any]:
    names = ("products", "named", "unnamed", "here", "waiting", "absent")
    return {
        "organization": organization.external_id,
        **{name: getattr(found, name) for name in names},
        "refused": dict(found.refused),
        "failed": dict(found.failed),
    }


class AsItIs(BaseContentNegotiation):
    """The picture is what it is, whatever is asked for; refusals are JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class PictureFile(APIView):
    permissions = {"get": ("inventory.view_product",)}
    renderer_classes = (OrjsonRenderer,)
    content_negotiation_class = AsItIs

    @extend_schema(
        operation_id="picture",
        summary="A picture",
        description="Its address stands in the product's row. It never changes, and may be kept for a year.",
        parameters=[
            OpenApiParameter("digest", str, OpenApiParameter.PATH, description="SHA-256, in hex."),
            OpenApiParameter("size", str, OpenApiParameter.PATH, enum=list(SIDES), description="Which size."),
            IF_NONE_MATCH,
        ],
        responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY, 304: NOT_MODIFIED},
    )
    def get(self, request: Request, digest: str, size: str) -> HttpResponse:
        refuse_strange_parameters(request, set())
        told = serving.answer(request._request, digest, size)
        if told.status_code == 404:
            raise NotFound
        return told
