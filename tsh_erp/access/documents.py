"""/api/schema/, /api/docs/ and /api/redoc/: what the API can do, for programs and for people.

For whoever may come in: staff with a session, and tokens. Scripts and styles are our own static files; a policy in the
answers keeps the pages from fetching anything elsewhere.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.views import APIView

OWN_FILES_ONLY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class _Served:
    """known: the query parameters there are, each with its values; anything else is refused."""

    permissions = {"get": ()}
    authentication_classes: Any = tuple(
        api_settings.DEFAULT_AUTHENTICATION_CLASSES
    )  # the library opens its pages
    permission_classes: Any = tuple(api_settings.DEFAULT_PERMISSION_CLASSES)
    known: dict[str, tuple[str, ...]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        for name, value in request.query_params.items():
            if name not in self.known:
                raise ValidationError({name: [_("There is no such parameter.")]})
            if value not in self.known[name]:
                names = ", ".join(self.known[name])
                raise ValidationError({name: [_("One of %(names)s is expected.") % {"names": names}]})


class SchemaView(_Served, APIView):
    renderer_classes = (OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer2, OpenApiYamlRenderer)
    known = {"format": ("json", "yaml"), "lang": tuple(dict(settings.LANGUAGES))}

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        language = request.query_params.get("lang") or translation.get_language() or settings.LANGUAGE_CODE
        renderer: Any = request.accepted_renderer
        return HttpResponse(_rendered(type(renderer), language), content_type=renderer.media_type)


class SwaggerView(_Served, SpectacularSwaggerSplitView):
    url_name = "api-schema"
    known = {"lang": SchemaView.known["lang"], "script": ("",)}

    def finalize_response(self, *args: Any, **kwargs: Any) -> Any:
        return _guarded(super().finalize_response(*args, **kwargs))


class RedocView(_Served, SpectacularRedocView):
    url_name = "api-schema"
    template_name = "access/redoc.html"  # the library's fetches fonts
    known = {"lang": SchemaView.known["lang"]}

    def finalize_response(self, *args: Any, **kwargs: Any) -> Any:
        return _guarded(super().finalize_response(*args, **kwargs))


def _guarded(response: Any) -> Any:
    response["Content-Security-Policy"] = OWN_FILES_ONLY
    return response


@lru_cache(maxsize=16)  # it changes with the program only, and to make it takes seconds
def _rendered(renderer: type[Any], language: str) -> bytes:
    with translation.override(language):
        schema = SchemaGenerator().get_schema(request=None, public=True)
        return renderer().render(schema, renderer_context={})
