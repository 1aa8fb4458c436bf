"""Webhooks as Zoho lets people define them: for one module, with a body in one of several forms, signed or not.

Sources: zoho-api.md 11.1 to 11.3; Zoho's page on securing webhooks for the signature.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from .encoding import decode, encode
from .loopback import is_loopback
from .shapes import SHAPES
from .shapes.kinds import DOCUMENTS

MODULES = ("items", "contacts", "pricebooks", "users", *DOCUMENTS)
VENDORS = (
    "vendors"  # a rule of its own for some of the contacts; those of the module contacts are told of them too
)
# The key of a record in a webhook's body, where it is not the one of its detail.
_ROOTS = {"customerpayments": "customerpayment", VENDORS: "vendor"}
EVENTS = ("created", "edited", "deleted")
FORMS = ("default", "flat", "form", "jsonstring", "raw")
ENCODINGS = ("hex", "base64")
JSON_TYPE, FORM_TYPE = "application/json", "application/x-www-form-urlencoded"
_SECRET = re.compile(r"[0-9A-Za-z]{12,50}", re.ASCII)
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


class HookError(ValueError):
    """A webhook that Zoho, or the sandbox, would not take; the text says why."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """form: default is JSON under the module's key, flat the bare record with its numbers as text, form its pairs,
    jsonstring the default JSON in a form field, raw a template of one's own.

    url: with the query, if any. secret: "" sends no signature. lines: False leaves line_items out.
    """

    id: str
    module: str
    url: str
    secret: str
    events: tuple[str, ...]
    form: str
    lines: bool
    encoding: str
    template: str

    def as_dict(self) -> dict[str, Any]:
        """Without the secret, which Zoho does not show again either."""
        names = ("id", "module", "url", "form", "lines", "encoding", "template")
        told: dict[str, Any] = {name: getattr(self, name) for name in names}
        return told | {"events": list(self.events), "is_signed": bool(self.secret)}


def make_webhook(
    id: str,
    module: str,
    url: str,
    *,
    secret: str = "",
    events: Iterable[str] = EVENTS,
    form: str = "default",
    query: str | Mapping[str, str] = "",
    lines: bool = True,
    encoding: str = "hex",
    template: str = "",
) -> Webhook:
    """Raises HookError for anything that makes no sense, and for a url outside this machine."""
    _one_of("module", module, (*MODULES, VENDORS))
    _one_of("form", form, FORMS)
    _one_of("encoding", encoding, ENCODINGS)
    chosen = tuple(dict.fromkeys(events))
    for event in chosen:
        _one_of("event", event, EVENTS)
    if not chosen:
        raise HookError("A webhook needs at least one event.")
    if secret and not _SECRET.fullmatch(secret):
        raise HookError("A secret has 12 to 50 letters and digits.")
    if bool(template) != (form == "raw"):
        raise HookError("A template belongs to the form raw, and only there.")
    if not isinstance(lines, bool):
        raise HookError(f"lines must be true or false, not {lines!r}.")
    whole = _with_query(url, query)
    return Webhook(id, module, whole, secret, chosen, form, lines, encoding, template)


def content(hook: Webhook, record: bytes) -> tuple[str, bytes]:
    """(content type, body) for a record in its true detail form."""
    root = _ROOTS.get(hook.module) or SHAPES[hook.module][2]
    if not hook.lines:
        told = decode(record)
        told.pop("line_items", None)
        record = encode(told)
    wrapped = b'{"%s":%s}' % (root.encode(), record)
    if hook.form == "default":
        return JSON_TYPE, wrapped
    if hook.form == "jsonstring":
        return FORM_TYPE, urlencode({"JSONString": wrapped}).encode()  # bytes are taken as they are
    told = _as_text(decode(record))
    if hook.form == "flat":
        return JSON_TYPE, encode(told)
    if hook.form == "form":
        pairs = {key: value for key, value in told.items() if isinstance(value, str)}
        return FORM_TYPE, urlencode(pairs, errors="replace").encode()
    return JSON_TYPE, _filled(hook.template, told)


def signature(hook: Webhook, content_type: str, body: bytes) -> str:
    """The pairs of the query and of a form, decoded, sorted by key, run together; then a JSON body as it is."""
    pairs = parse_qsl(urlsplit(hook.url).query, keep_blank_values=True)
    if content_type == FORM_TYPE:
        pairs += parse_qsl(body.decode(), keep_blank_values=True)
    pairs.sort(key=lambda pair: pair[0])
    message = "".join(key + value for key, value in pairs).encode()
    if content_type != FORM_TYPE:
        message += body
    digest = hmac.digest(hook.secret.encode(), message, hashlib.sha256)
    return digest.hex() if hook.encoding == "hex" else base64.b64encode(digest).decode()


def _one_of(what: str, value: Any, known: tuple[str, ...]) -> None:
    if value not in known:
        raise HookError(f"There is no {what} {value!r}; there are {', '.join(known)}.")


def _with_query(url: str, query: str | Mapping[str, str]) -> str:
    """The address in its encoded form, as it goes over the wire, with these pairs behind its own."""
    try:
        parts = urlsplit(str(url))
        is_whole = parts.scheme == "http" and parts.hostname and parts.username is None and parts.port != 0
    except ValueError:  # the port is no number, or too large
        is_whole = False
    if not is_whole:
        raise HookError(f"A webhook's url looks like http://127.0.0.1:8000/path, not {url!r}.")
    if not is_loopback(parts.hostname or ""):
        raise HookError(f"The sandbox sends webhooks to this machine only, not to {parts.hostname}.")
    if isinstance(query, Mapping):
        query = urlencode(query)
    if not isinstance(query, str):
        raise HookError(f"A query is text such as a=1&b=2, or an object of pairs, not {query!r}.")
    pairs = parse_qsl(f"{parts.query}&{query}", keep_blank_values=True)
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    return parts._replace(path=path, query=urlencode(pairs), fragment="").geturl()


def _as_text(value: Any) -> Any:
    """The same value with every number as text, as Zoho's older samples show them."""
    if isinstance(value, dict):
        return {key: _as_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_text(one) for one in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _filled(template: str, told: dict[str, Any]) -> bytes:
    """Each ${field} is replaced by the field's text, escaped as inside a JSON text; unknown ones by nothing."""

    def text(found: re.Match[str]) -> str:
        value = told.get(found[1], "")
        return json.dumps(value if isinstance(value, str) else json.dumps(value), ensure_ascii=False)[1:-1]

    return _PLACEHOLDER.sub(text, template).encode("utf-8", "backslashreplace")
