"""`Idempotency-Key`: who does not know whether his question arrived asks it again, and starts nothing twice.

The key's row is written in the transaction of what it starts: either both are there or neither. Only answers of success
are kept; a refusal changed nothing, and the same key may be tried again. After a day a key is new.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any

import orjson
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.rendering import as_json

from ..models import IdempotencyKey

HEADER, REPLAYED = "Idempotency-Key", "Idempotent-Replayed"
LONGEST = 255  # characters
LIFE = timedelta(hours=24)
WAIT_SECONDS = 2  # for an equal question that is being answered at this moment


class KeyReused(APIException):
    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = gettext_lazy("This Idempotency-Key came with another question before; use a new one.")


class StillAnswered(APIException):
    """wait: seconds, for Retry-After."""

    status_code = 409
    default_code = "still_in_progress"
    default_detail = gettext_lazy(
        "The question with this Idempotency-Key is still being answered. This one started nothing; ask again."
    )
    wait = 1


def once(method: Callable[..., Response]) -> Callable[..., Response]:
    """For a view's POST: asked again with the same Idempotency-Key, it tells its answer again and does nothing.

    The work happens inside a transaction, so it must not wait for anybody.
    """

    @wraps(method)
    def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        return answered_once(request, lambda: method(view, request, *args, **kwargs))

    return answer


def answered_once(request: Request, work: Callable[[], Response], *, beside: Container[str] = ()) -> Response:
    """Raises ValidationError for a key that is none, KeyReused, StillAnswered, and what `work` raises.

    beside: query parameters that change nothing about what is asked.
    """
    key = key_of(request)
    if key is None:
        return work()
    print_ = fingerprint(request, beside)
    with ExitStack() as transaction_of_both:
        kept, is_new = _begin(transaction_of_both, request.user, key, print_)
        if not is_new:
            return _again(kept, print_)
        response = work()
        if 200 <= response.status_code < 300:
            kept.status, kept.location = response.status_code, response.get("Location", "")
            kept.answer = as_json(response.data).decode()
            kept.save(update_fields=["status", "location", "answer"])
        else:
            kept.delete()
    return response


def key_of(request: Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        told = _("It has 1 to %(most)s printable ASCII characters.") % {"most": LONGEST}
        raise ValidationError({HEADER: [told]})
    return key


def fingerprint(request: Request, beside: Container[str] = ()) -> str:
    """Equal for equal questions: the same method and address, and bodies that mean the same."""
    body = json.dumps(request.data, sort_keys=True, separators=(",", ":"))
    query = [(name, told) for name, told in request.query_params.lists() if name not in beside]
    parts = (request.method or "", request.path, json.dumps(sorted(query)), body)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _again(kept: IdempotencyKey, print_: str) -> Response:
    if kept.fingerprint != print_:
        raise KeyReused
    headers = {REPLAYED: "true"} | ({"Location": kept.location} if kept.location else {})
    return Response(orjson.loads(kept.answer), status=kept.status, headers=headers)


def _begin(stack: ExitStack, user: Any, key: str, print_: str) -> tuple[IdempotencyKey, bool]:
    """(the key's row, is it new), in a transaction that ends with the stack.

    Waits for whoever has written the same key and not committed yet, but not for long. In SQLite every writer waits for
    every other; there StillAnswered may also mean that the database is busy with something else.
    """
    try:
        with _short_waits_of_sqlite():
            stack.enter_context(transaction.atomic())
        with _short_waits_of_postgresql():
            return _claim(user, key, print_)
    except OperationalError as error:
        if _is_impatience(error):
            raise StillAnswered from error
        raise


def _claim(user: Any, key: str, print_: str) -> tuple[IdempotencyKey, bool]:
    for _attempt in range(3):
        row = IdempotencyKey(user=user, key=key, fingerprint=print_)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            kept = IdempotencyKey.objects.select_for_update().filter(user=user, key=key).first()
            if kept is not None and kept.created_at >= timezone.now() - LIFE:
                return kept, False
            if kept is not None:
                kept.delete()  # else it was pruned, or its question refused, in between
        else:
            return row, True
    raise StillAnswered


@contextmanager
def _short_waits_of_sqlite() -> Iterator[None]:
    """For BEGIN, which takes the lock that everything after it needs."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


@contextmanager
def _short_waits_of_postgresql() -> Iterator[None]:
    """Until the end of the transaction, should it come first."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {WAIT_SECONDS * 1000}")
        yield
        cursor.execute("SET LOCAL lock_timeout = DEFAULT")


def _is_impatience(error: OperationalError) -> bool:
    cause = error.__cause__
    named = getattr(cause, "sqlite_errorname", "") or ""
    return getattr(cause, "sqlstate", None) == "55P03" or named.startswith("SQLITE_BUSY")
