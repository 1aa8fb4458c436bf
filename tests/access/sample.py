"""The project's own addresses and, below /api/sample/, views that do what a view may do to the handler of errors."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.urls import path
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tsh_erp import urls


class Busy(exceptions.APIException):
    status_code = 409
    default_code = "run_in_progress"
    default_detail = "It runs already."
    extra = {"run": {"id": "7"}}


class Form(serializers.Serializer):
    class Inner(serializers.Serializer):
        size = serializers.IntegerField()

    name = serializers.CharField()
    inner = Inner(required=False)
    many = Inner(many=True, required=False)


RAISED: dict[str, Any] = {
    "http404": Http404("a row of table x"),
    "django403": PermissionDenied("because of y"),
    "suspicious": SuspiciousOperation("z"),
    "busy": Busy(),
    "sentence": exceptions.ValidationError("These two exclude each other."),
    "whole": exceptions.ValidationError({"non_field_errors": ["Nothing is chosen."]}),
    "bug": ZeroDivisionError("secret-internals"),
    "database": OperationalError("database is locked: secret-internals"),
}


class Sample(APIView):
    permissions = {"get": (), "post": ("inventory.change_product",), "delete": ()}
    scopes = {"delete": "admin"}

    def get(self, request: Request) -> Response:
        if error := RAISED.get(request.query_params.get("raise", "")):
            raise error
        user, token = request.user, request.auth
        return Response({"user": user.username, "scope": token and token.scope})

    def post(self, request: Request) -> Response:
        form = Form(data=request.data)
        form.is_valid(raise_exception=True)
        return Response({"got": request.data})

    def delete(self, request: Request) -> Response:
        return Response(status=204)


class OlderSample(Sample):
    error_shape = "older"


class Forgetful(APIView):
    def get(self, request: Request) -> Response:
        return Response({})


def away(request: Any) -> Any:
    raise OperationalError("secret-internals: the server closed the connection")


def broken(request: Any) -> Any:
    raise ZeroDivisionError("secret-internals")


def suspicious(request: Any) -> Any:
    raise SuspiciousOperation("secret-internals")


def forbidden(request: Any) -> Any:
    raise PermissionDenied("secret-internals")


def plain_post(request: Any) -> Any:
    raise AssertionError("not without the form's secret")


urlpatterns = [
    path("api/sample/", Sample.as_view()),
    path("api/zoho/sample/", OlderSample.as_view()),
    path("api/forgetful/", Forgetful.as_view()),
    path("api/broken/", broken),
    path("api/away/", away),
    path("away/", away),
    path("broken/", broken),
    path("suspicious/", suspicious),
    path("forbidden/", forbidden),
    path("api/suspicious/", suspicious),
    path("api/forbidden/", forbidden),
    path("api/plain/", plain_post),
    path("plain/", plain_post),
    *urls.urlpatterns,
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
