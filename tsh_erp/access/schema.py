"""What the published schema says by itself of every operation: who may call it, and how it refuses.

A view adds what only it knows. A refusal that a view declares by its meaning alone gets its body here.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as PlainAutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from . import permissions
from .problems import JSON_TYPE, OLDER, PROBLEM_TYPE

ERRORS = serializers.DictField(
    child=serializers.ListField(child=serializers.CharField()),
    required=False,
    help_text="By field or query parameter, what is wrong with it.",
)


class Problem(serializers.Serializer):
    """RFC 9457. Some problems tell more, such as the run that stands in the way."""

    type = serializers.CharField(help_text="`urn:tsh-erp:problem:` and the code.")
    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField(help_text="The HTTP status.")
    detail = serializers.CharField(help_text="What happened, in a sentence for people, in their language.")
    instance = serializers.CharField(help_text="The path that was asked for.")
    code = serializers.CharField(help_text="What happened, in a word for programs.")
    errors = ERRORS


class OlderProblem(serializers.Serializer):
    """How the older doors refuse."""

    success = serializers.BooleanField(help_text="Always false.")
    message = serializers.CharField(help_text="What happened, in a sentence for people, in their language.")
    error = serializers.CharField(help_text="What happened, in a word for programs.")
    errors = ERRORS


MEANINGS = {
    "400": "A parameter, a field or a value cannot be taken; `errors` names it.",
    "401": "No credential, or one that is not valid. `WWW-Authenticate` tells which.",
    "403": "The user lacks the permission, or the token the scope.",
    "404": "There is no such row.",
    "406": "The answer cannot be had in the form that `Accept` asks for.",
    "411": "The length of the body is not given.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "429": "Too many requests of this token, user or address; `Retry-After` tells how many seconds to wait.",
}
WITHOUT_NUL = "^[^\\u0000]*$"
OF_BODIES = {"411", "413", "415"}


class AutoSchema(PlainAutoSchema):
    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            operation["description"] = f"{operation.get('description', '')}\n\n{self._needs()}".strip()
        return operation

    def _needs(self) -> str:
        name = getattr(self.view, "action", None) or self.method.lower()
        rights = ", ".join(f"`{right}`" for right in getattr(self.view, "permissions", {}).get(name, ()))
        scope = permissions.scope_of(self.view, name, self.method)
        return f"Needs {f'the permission {rights} and ' if rights else ''}the scope `{scope}` of a token."

    def _get_request_body(self, direction: Any = "request") -> dict[str, Any] | None:
        told = super()._get_request_body(direction)
        if told and getattr(self.get_request_serializer(), "never_empty", False):
            told["required"] = True
        return told

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        told = super()._get_response_bodies(direction)
        if direction != "response":
            return told
        for status, response in told.items():
            if status >= "400" and "content" not in response:
                told[status] = {**self._refusal(status, response["description"]), **_only_headers(response)}
        for status, meaning in MEANINGS.items():
            if status not in told and self._may_answer(status):
                told[status] = self._refusal(status, meaning)
        return dict(sorted(told.items()))

    def _may_answer(self, status: str) -> bool:
        if status == "404":
            return "{" in self.path
        return status not in OF_BODIES or self.method in ("POST", "PUT", "PATCH")

    def _refusal(self, status: str, meaning: str) -> dict[str, Any]:
        is_older = getattr(self.view, "error_shape", "") == OLDER
        form, kind = (OlderProblem, JSON_TYPE) if is_older else (Problem, PROBLEM_TYPE)
        return self._get_response_for_code(OpenApiResponse(form, meaning), status, [kind])


def _only_headers(response: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in response.items() if name == "headers"}


def no_empty_parameters(result: dict[str, Any], **_facts: Any) -> dict[str, Any]:
    """Say of every text in a query that it is not empty, as `?q=` is refused so that nobody takes it for a filter, and
    holds no NUL, which no database takes."""
    for operations in result["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                form = parameter.get("schema", {})
                form = form.get("items", form)
                if (
                    parameter["in"] == "query"
                    and form.get("type") == "string"
                    and not {"enum", "format", "pattern"} & set(form)
                ):
                    form |= {"minLength": 1, "pattern": WITHOUT_NUL} | form
    return result


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "tsh_erp.access.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "`Authorization: Bearer tsh_…`, as made in the admin or by `manage.py create_api_token`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "tsh_erp.access.authentication.StaffSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "Staff who are signed in to the admin; methods that change something need `X-CSRFToken`.",
        }
