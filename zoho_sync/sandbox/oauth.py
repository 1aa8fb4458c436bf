"""The accounts server: grant codes, refresh tokens, access tokens, with Zoho's limits on each.

Errors come inside HTTP 200; success is the presence of `access_token` (zoho-api.md, 2.3).
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from . import consent
from .answers import Refusal, Reply
from .encoding import encode
from .loopback import is_local_address
from .settings import Settings
from .world import SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REFRESH_TOKEN

FULL_SCOPE = "ZohoInventory.FullAccess.all,ZohoBooks.fullaccess.all"
_TEN_MINUTES = 600
_REFRESH_TOKENS_PER_USER = 20
_CODES_PER_TEN_MINUTES = 10
_CODE_SECONDS = 120.0  # of a code that comes with the browser; a self client's lives three minutes
_TOO_MANY = "You have made too many requests continuously. Please try again after some time."


@dataclass(slots=True)
class RefreshToken:
    scope: str
    access_tokens: list[str] = field(default_factory=list)
    issued: deque[float] = field(default_factory=deque)


@dataclass(slots=True)
class AccessToken:
    scope: str
    expires: float


@dataclass(slots=True)
class GrantCode:
    scope: str
    redirect_uri: str
    offline: bool
    expires: float


class Accounts:
    """All tokens of the sandbox's one user and one client."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.base_url = ""
        self._lock = threading.Lock()
        self._codes: dict[str, GrantCode] = {}
        self._access: dict[str, AccessToken] = {}
        self._refresh: dict[str, RefreshToken] = {SANDBOX_REFRESH_TOKEN: RefreshToken(FULL_SCOPE)}
        self._throttled = False
        self._secret = SANDBOX_CLIENT_SECRET
        self._is_known = True
        self._has_consented = False
        self._redirects: tuple[str, ...] | None = None
        self._granted: deque[float] = deque()

    # what browsers call

    def consent(self, query: dict[str, str]) -> Reply:
        """GET /oauth/v2/auth: the page on which the user accepts or rejects; what is wrong is told there as well."""
        with self._lock:
            wrong = self._wrong_request(query)
        return consent.page(query, wrong)

    def decide(self, query: dict[str, str]) -> Reply:
        """What the page's two buttons lead to: back to the client, with a code or with an error."""
        with self._lock:
            wrong = self._wrong_request(query)
            if wrong:
                return consent.page(query, wrong)
            told = {"state": query["state"]} if query.get("state") else {}
            if query.get("decision") != "accept":
                return consent.back(query["redirect_uri"], {"error": "access_denied"} | told)
            now = time.monotonic()
            while self._granted and self._granted[0] <= now - _TEN_MINUTES:
                self._granted.popleft()
            if len(self._granted) >= _CODES_PER_TEN_MINUTES:
                return consent.page(query, _TOO_MANY)
            self._granted.append(now)
            offline = query.get("access_type") == "offline"
            offline = offline and (query.get("prompt") == "consent" or not self._has_consented)
            self._has_consented = True
        code = self.grant_code(query["scope"], query["redirect_uri"], offline, _CODE_SECONDS)
        place = {"location": self.settings.data_center, "accounts-server": self.accounts_server()}
        return consent.back(query["redirect_uri"], {"code": code} | place | told)

    def accounts_server(self) -> str:
        return self.settings.accounts_server or self.base_url

    def _wrong_request(self, query: dict[str, str]) -> str:
        if query.get("response_type") != "code":
            return "ERROR_invalid_response_type"
        if query.get("client_id") != SANDBOX_CLIENT_ID or not self._is_known:
            return "ERROR_invalid_client: Client ID passed does not exist"
        target = query.get("redirect_uri", "")
        is_registered = target in self._redirects if self._redirects is not None else is_local_address(target)
        if not is_registered:
            return "ERROR_invalid_redirect_uri: Redirect URI passed does not match with the one configured"
        if not query.get("scope") or not all(map(_is_scope, query["scope"].split(","))):
            return "ERROR_invalid_scope: Scope does not exist"
        return ""

    # what clients call

    def token(self, form: dict[str, str]) -> Reply:
        """POST /oauth/v2/token."""
        with self._lock:
            if form.get("client_id") != SANDBOX_CLIENT_ID or not self._is_known:
                return _error("invalid_client")
            if form.get("client_secret") != self._secret:
                return _error("invalid_client_secret")
            grant = form.get("grant_type")
            if grant == "authorization_code":
                return self._exchange(form)
            if grant == "refresh_token":
                return self._renew(form)
            return _error("unsupported_grant_type")

    def revoke(self, form: dict[str, str]) -> Reply:
        """POST /oauth/v2/token/revoke: a refresh token takes its access tokens with it."""
        token = form.get("token", "")
        with self._lock:
            if token in self._refresh:
                self._kill_refresh(token)
            elif self._access.pop(token, None) is None:
                return Reply(400, encode({"error": "invalid_token"}), code=None)
        return Reply(200, encode({"status": "success"}), code=None)

    def check(self, authorization: str | None, scopes: tuple[str, ...]) -> None:
        """Raise Refusal unless the header holds a live access token that covers one of `scopes`."""
        scheme, _, token = (authorization or "").partition(" ")
        with self._lock:
            known = self._access.get(token.strip()) if scheme == "Zoho-oauthtoken" else None
            if known is None:
                raise Refusal(401, 14, "Invalid value passed for authtoken.")
            if known.expires <= time.monotonic() or not _covers(known.scope, scopes):
                raise Refusal(401, 57, "You are not authorized to perform this operation")

    # what the control door calls

    def grant_code(
        self, scope: str = FULL_SCOPE, redirect_uri: str = "", offline: bool = True, life: float = 180
    ) -> str:
        """A one-time code as the self client page would show it; lives three minutes."""
        code = f"1000.grant.{secrets.token_hex(16)}"
        with self._lock:
            self._codes[code] = GrantCode(scope, redirect_uri, offline, time.monotonic() + life)
        return code

    def set_client(
        self, known: bool = True, secret: str = "", redirect_uris: list[str] | None = None
    ) -> None:
        """The one client: known=False, as in another data centre; a new secret; the addresses it may be sent to."""
        with self._lock:
            self._is_known = known
            self._secret = secret or SANDBOX_CLIENT_SECRET
            self._redirects = tuple(redirect_uris) if redirect_uris is not None else None

    def expire_all(self) -> None:
        with self._lock:
            for token in self._access.values():
                token.expires = 0.0

    def revoke_all(self) -> None:
        with self._lock:
            for token in list(self._refresh):
                self._kill_refresh(token)

    def throttle(self) -> None:
        """Refuse every new access token until restore()."""
        with self._lock:
            self._throttled = True

    def restore(self) -> None:
        """The seeded refresh token is good again, and nothing counts against it."""
        with self._lock:
            self._throttled = False
            self._granted.clear()
            known = self._refresh.setdefault(SANDBOX_REFRESH_TOKEN, RefreshToken(FULL_SCOPE))
            known.issued.clear()

    # inside

    def _exchange(self, form: dict[str, str]) -> Reply:
        if self._throttled:
            return self._refuse_more()
        code = self._codes.pop(form.get("code", ""), None)  # one use, whatever comes of it
        if code is None or code.expires <= time.monotonic():
            return _error("invalid_code")
        if code.redirect_uri != form.get("redirect_uri", ""):
            return _error("invalid_redirect_uri")
        refresh = f"1000.refresh.{secrets.token_hex(16)}"
        while len(self._refresh) >= _REFRESH_TOKENS_PER_USER:
            self._kill_refresh(next(iter(self._refresh)))  # the oldest dies silently
        self._refresh[refresh] = RefreshToken(code.scope)
        answer = self._issue(refresh)
        if code.offline:
            answer["refresh_token"] = refresh
        return Reply(200, encode(answer), code=None)

    def _renew(self, form: dict[str, str]) -> Reply:
        name = form.get("refresh_token", "")
        known = self._refresh.get(name)
        if known is None:
            return _error("invalid_code")
        now = time.monotonic()
        while known.issued and known.issued[0] <= now - _TEN_MINUTES:
            known.issued.popleft()
        if self._throttled or len(known.issued) >= self.settings.tokens_per_ten_minutes:
            return self._refuse_more()
        return Reply(200, encode(self._issue(name)), code=None)

    def _refuse_more(self) -> Reply:
        if self.settings.token_throttle == "denied":  # noqa: S105  a habit, no secret
            return _error("Access Denied")
        body = {"error_description": _TOO_MANY, "error": "Access Denied"}
        return Reply(400, encode(body | {"status": "failure"}), code=None)

    def _issue(self, refresh: str) -> dict[str, Any]:
        owner = self._refresh[refresh]
        token = f"1000.access.{secrets.token_hex(16)}"
        owner.issued.append(time.monotonic())
        owner.access_tokens.append(token)
        self._access[token] = AccessToken(owner.scope, time.monotonic() + self.settings.expires_in)
        while len(owner.access_tokens) > self.settings.live_tokens:
            oldest = self._access.get(owner.access_tokens.pop(0))
            if oldest is not None:
                oldest.expires = 0.0  # possibly in use: its owner learns by 401
        return {
            "access_token": token,
            "scope": owner.scope,
            "api_domain": self.base_url,
            "token_type": "Bearer",
            "expires_in": self.settings.expires_in,
        }

    def _kill_refresh(self, name: str) -> None:
        for token in self._refresh.pop(name).access_tokens:
            self._access.pop(token, None)


def _covers(granted: str, wanted: tuple[str, ...]) -> bool:
    """True when one granted scope covers a wanted one, "ZohoInventory.items" say; letter case is ignored."""
    if not wanted:
        return True
    for scope in granted.lower().replace(" ", "").split(","):
        product, _, rest = scope.partition(".")
        module, _, right = rest.partition(".")
        if right not in ("read", "all"):
            continue
        for one in wanted:
            wanted_product, _, wanted_module = one.lower().partition(".")
            if product == wanted_product and module in ("fullaccess", wanted_module):
                return True
    return False


def _is_scope(scope: str) -> bool:
    product, _, rest = scope.strip().lower().partition(".")
    return product in ("zohoinventory", "zohobooks") and rest.rpartition(".")[2] in (
        "read", "create", "update", "delete", "all"
    )  # fmt: skip


def _error(name: str) -> Reply:
    return Reply(200, encode({"error": name}), code=None)
