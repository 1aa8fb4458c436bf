"""A test delivery to ourselves: signed, sent through real HTTP, and followed from stage to stage.

The only place outside zoho/ that speaks HTTP, and it never speaks to Zoho: it knocks at our own door as Zoho would.
"""

from __future__ import annotations

import ipaddress
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from urllib3.exceptions import HTTPError

from inventory.models import Organization, Product

from ..backoffice import reachable_address
from ..errors import SyncError
from ..processors import registry
from ..subjects import SUBJECTS, Subject
from .keys import Key, keys
from .proofs import ZOHO_HEADER, message, signature
from .trial_stages import DONE, FAILED, Stage, stages

__all__ = ["Stage", "Trial", "TrialRefused", "own_address", "send_test", "stages"]

TIMEOUT = (5, 10)  # seconds to connect and to wait for the answer: as Zoho does
MADE_UP_ID = "9000000000000000001"  # of a record that Zoho does not have
_MOST_ANSWER_BYTES, _PIECE_BYTES = 65_536, 8_192
_DOOR = "zoho_sync:api-zoho-webhooks-door"


class TrialRefused(SyncError):
    """The test was not even tried; the sentence says what to ask for instead."""


@dataclass(frozen=True)
class Trial:
    """What has been sent, and what was answered. event_id: of the delivery, "" when it was not taken.

    stages: those of the sender, `sent` and `answered`; `stages(event_id)` tells all of a delivery that was taken.
    is_made_up: there was no record of that kind to test with.
    """

    address: str
    subject: str
    record_id: str
    is_made_up: bool = False
    event_id: str = ""
    status_code: int | None = None
    milliseconds: int | None = None
    stages: list[Stage] = field(default_factory=list)


def send_test(
    organization: Organization, *, url: str | None = None, subject: str = "item", record_id: str | None = None
) -> Trial:
    """Sign a delivery about one record and post it to our own door.

    url: where this back office answers (PUBLIC_URL, else its own port); the door is added, unless it is there already.
    record_id: by default some record that is mirrored. Raises TrialRefused.
    """
    about = SUBJECTS.get(subject)
    if about is None:
        facts = {"subject": repr(subject[:32]), "known": ", ".join(SUBJECTS)}
        raise TrialRefused(_("There is no subject %(subject)s. Known: %(known)s.") % facts)
    address = _door_at(url or own_address(), about)
    record_id, is_made_up, body = _content(organization, about, record_id)
    trial = Trial(address, about.name, record_id, is_made_up)
    key = _key_of(organization)
    if key is None:
        words = _("There is no secret to sign with. Make one in the admin, under “Webhook secrets”.")
        return _with(trial, stages=[Stage("sent", FAILED, timezone.now(), words)])
    return _post(trial, key, body)


def own_address() -> str:
    """Where this back office is reached, without a slash at the end."""
    if settings.WEBHOOKS["PUBLIC_URL"]:
        return settings.WEBHOOKS["PUBLIC_URL"].rstrip("/")
    return f"http://{reachable_address()}:{settings.PORT}"


# --- Where to, and with what -----------------------------------------------------------------------------


def _door_at(url: str, subject: Subject) -> str:
    """The address of the subject's door. Raises TrialRefused for any host but ours: nobody else gets to see this."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise TrialRefused(
            _("%(url)s is no address of a web server; it looks like http://127.0.0.1:8000.")
            % {"url": repr(url[:200])}
        )
    if not _is_ours(host):
        raise TrialRefused(
            _(
                "%(host)s is not this back office: a test goes to this machine, or to the host of PUBLIC_URL or "
                "ALLOWED_HOSTS."
            )
            % {"host": host[:100]}
        )
    base = parts._replace(query="", fragment="").geturl().rstrip("/")
    return base if "/webhooks" in parts.path else base + reverse(_DOOR, args=[subject.doors[0]])


def _is_ours(host: str) -> bool:
    """Hosts that are named; a pattern such as .example.com also fits hosts that are not ours."""
    named = {each.lower().strip("[]") for each in (*settings.ALLOWED_HOSTS, settings.BIND_ADDRESS)}
    if host in named | {"localhost", urlsplit(settings.WEBHOOKS["PUBLIC_URL"]).hostname}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _content(
    organization: Organization, subject: Subject, record_id: str | None
) -> tuple[str, bool, dict[str, Any]]:
    """(the record's id, whether it was made up, the body)."""
    if record_id:
        return record_id, False, {subject.name: {subject.id_key: record_id}}
    rows = registry.get(subject.kept_as).model.objects.live().filter(organization=organization)
    found = rows.order_by("-pk").first()
    if found is None and subject.is_document:  # none is here yet; the item in its only line is
        item = Product.objects.live().filter(organization=organization).order_by("-pk").first()
        lines = [{"item_id": item.external_id}] if item else []
        return MADE_UP_ID, True, {subject.name: {subject.id_key: MADE_UP_ID, "line_items": lines}}
    if found is None:
        return MADE_UP_ID, True, {subject.name: {subject.id_key: MADE_UP_ID}}
    return found.external_id, False, {subject.name: {subject.id_key: found.external_id}}


def _key_of(organization: Organization) -> Key | None:
    return next((key for key in keys() if key.organization_id == organization.pk), None)


# --- On the wire -----------------------------------------------------------------------------------------


@sensitive_variables("key")
def _post(trial: Trial, key: Key, content: dict[str, Any]) -> Trial:
    query = urlencode({"test": "1", "trial": uuid.uuid4().hex})  # no two tests are repetitions of each other
    body = json.dumps(content).encode()
    headers = {
        "Content-Type": "application/json",
        ZOHO_HEADER: signature(key.secret, message(query.encode(), body, is_form=False)),
    }
    sent_at, began = timezone.now(), time.monotonic()
    sent = Stage("sent", DONE, sent_at, _("Signed with the secret “%(name)s”.") % {"name": key.name})
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy and no netrc stands between us and ourselves
            with session.post(
                f"{trial.address}?{query}", body, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True
            ) as answer:  # fmt: skip
                told = _body(answer)
    except requests.RequestException as error:
        words = _unreachable(trial.address, error)
        return _with(trial, stages=[Stage("sent", FAILED, sent_at, words)])
    took = round((time.monotonic() - began) * 1000)
    event_id, words = _judge(answer, told)
    if event_id:
        words = _("Acknowledged with %(status)s after %(ms)s ms.") % {
            "status": answer.status_code,
            "ms": took,
        }
    answered = Stage("answered", DONE if event_id else FAILED, timezone.now(), words)
    return _with(
        trial, event_id=event_id, status_code=answer.status_code, milliseconds=took, stages=[sent, answered]
    )


def _body(answer: requests.Response) -> bytes:
    """What it says, as far as it says it in time; nothing when it breaks off."""
    told, deadline = b"", time.monotonic() + TIMEOUT[1]  # of the whole: the socket's own is for each piece
    try:
        while len(told) < _MOST_ANSWER_BYTES and time.monotonic() < deadline:
            piece = answer.raw.read1(_PIECE_BYTES, decode_content=True)
            if not piece:
                break
            told += piece
    except HTTPError:
        return b""
    return told


def _unreachable(address: str, error: requests.RequestException) -> str:
    parts = urlsplit(address)
    where = {"where": f"{parts.scheme}://{parts.netloc}"}
    if isinstance(error, requests.exceptions.SSLError):
        return _("The certificate of %(where)s is not accepted, and Zoho would not accept it either.") % where
    if isinstance(error, requests.ConnectTimeout):
        return _("Nobody answers at %(where)s: no connection came about in 5 seconds.") % where
    if isinstance(error, requests.Timeout):
        return _("%(where)s took the delivery and gave no answer in 10 seconds.") % where
    if isinstance(error, requests.ConnectionError):
        return (
            _("Nobody answers at %(where)s. Is the web server running, and is that its address? `make run` starts it.")
            % where
        )  # fmt: skip
    return _("%(where)s cannot be posted to.") % where


def _judge(answer: requests.Response, body: bytes) -> tuple[str, str]:
    """(the delivery's event id, ""), or ("", what the answer means)."""
    status = answer.status_code
    told = _object(body)
    if status == 202 and told.get("success") is True and _is_event_id(told.get("event_id")):
        return str(told["event_id"]), ""
    if 300 <= status < 400:
        words = {"status": status, "target": _printable(answer.headers.get("Location", ""))}
        return "", _(
            "It answered with %(status)s and sends its visitors to %(target)s. Zoho does not follow: put the address "
            "that answers itself into PUBLIC_URL."
        ) % words  # fmt: skip
    reasons = {
        401: _(
            "It refused the signature (401): that server does not know the secret. Has it another database?"
        ),
        404: _("There is no door for webhooks at that address (404): another program answers there."),
        429: _("It is told too much from this address (429): wait a minute and try again."),
        503: _("It could not store the delivery (503): its database does not take it."),
    }
    if status == 400 and not told:
        return "", _("It refused the request (400): is the host of that address in ALLOWED_HOSTS?")
    if status in reasons:
        return "", reasons[status]
    if said := _printable(told.get("message")):
        return "", _("It answered with %(status)s: %(message)s") % {"status": status, "message": said}
    return "", _("It answered with %(status)s, not as our door does: another program answers there.") % {
        "status": status
    }


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _is_event_id(value: Any) -> bool:
    try:
        return bool(uuid.UUID(value))
    except (ValueError, TypeError, AttributeError):
        return False


def _printable(text: Any) -> str:
    """Words of whoever answered, short enough for a line."""
    if not isinstance(text, str):
        return ""
    return "".join(each if each.isprintable() else " " for each in text[:200]).strip()


def _with(trial: Trial, **values: Any) -> Trial:
    return Trial(**(trial.__dict__ | values))
