"""The addresses under which pages show pictures; for those who may see products, or look them up."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path, register_converter
from django.views.decorators.http import require_safe

from ..pictures import serving

PERMISSIONS = ("inventory.view_product", "inventory.look_up_product")

register_converter(serving.DigestConverter, "digest")
register_converter(serving.SizeConverter, "picture_size")


@require_safe
def picture_file(request: HttpRequest, digest: str, size: str) -> HttpResponse:
    if not any(request.user.has_perm(each) for each in PERMISSIONS):
        raise PermissionDenied
    return serving.answer(request, digest, size)


urlpatterns = [
    path(
        "<digest:digest>/<picture_size:size>/",
        admin.site.admin_view(picture_file, cacheable=True),  # it says itself how long it holds
        name="picture",
    ),
]
