"""How an error of the API looks: RFC 9457 problem details, or the shape that callers of the older doors know.

A problem: `{type, title, status, detail, instance, code, errors?: {field: [sentence, …]}}`, as
`application/problem+json`. `code` is the short word to program against.
The older shape: `{success: false, message, error, errors?}`, for views with `error_shape = "older"`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

PROBLEM_TYPE, JSON_TYPE = "application/problem+json", "application/json"
OLDER = "older"


def problem(
    request: Any,
    status: int,
    *,
    code: str,
    detail: Any,
    errors: dict[str, list[str]] | None = None,
    extra: dict[str, Any] | None = None,
    is_older: bool = False,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """One error as a response. It is plain: what form of answer the visitor asked for does not matter to an error."""
    body: dict[str, Any]
    if is_older:
        body = {"success": False, "message": str(detail), "error": code}
    else:
        body = {
            "type": f"urn:tsh-erp:problem:{code}",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": str(detail),
            "instance": escape_uri_path(request.path) if request is not None else "",
            "code": code,
        }
    if errors:
        body["errors"] = errors
    content = orjson.dumps(body | (extra or {}), default=str)
    kind = JSON_TYPE if is_older else PROBLEM_TYPE
    response = HttpResponse(content, status=status, content_type=kind, headers=headers)
    response["Cache-Control"] = "no-store"
    return response


def is_of_api(request: HttpRequest) -> bool:
    return request.path_info == "/api" or request.path_info.startswith("/api/")


def is_of_older_doors(request: HttpRequest) -> bool:
    return request.path_info.startswith(("/api/zoho/", "/api/bff/", "/api/tds/"))
