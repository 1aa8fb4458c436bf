"""The process environment, read strictly: a value that cannot be obeyed is refused in one sentence that names it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
_DATABASES = "sqlite:///FILE or postgres://USER:PASSWORD@HOST:PORT/NAME"
_REDIS = "redis://HOST:PORT/NUMBER, rediss://USER:PASSWORD@HOST:PORT/NUMBER or unix:///SOCKET?db=NUMBER"
_MAIL = "smtp+tls://USER:PASSWORD@HOST:587, smtp+ssl://… or smtp://…"
_MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}


class Environment:
    """Reads variables by name. `names` holds every name asked for, so that the example file can be proved whole.

    An empty value counts as not set. Every method raises ImproperlyConfigured, which never repeats a secret.
    """

    def __init__(self, values: Mapping[str, str]):
        self._values = values
        self.names: set[str] = set()

    def text(self, name: str, default: str = "") -> str:
        self.names.add(name)
        return self._values.get(name, "").strip() or default

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, str(default)).lower()
        if value not in _TRUE | _FALSE:
            raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
        return value in _TRUE

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"-?[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ImproperlyConfigured(
                f"{name} must be a whole number from {low} to {high}, not {value[:40]!r}."
            )
        return int(value)

    def choice(self, name: str, default: str, allowed: Collection[str]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value[:40]!r}.")
        return value

    def words(self, name: str, default: Collection[str] = ()) -> list[str]:
        """A list, separated by commas."""
        return [word.strip() for word in self.text(name, ",".join(default)).split(",") if word.strip()]

    def time_zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if value not in available_timezones():
            raise ImproperlyConfigured(
                f"{name} must be a time zone such as {default} or UTC, not {value[:40]!r}."
            )
        return value

    def secret(self, name: str, least: int) -> str:
        """Empty, or a secret of at least so many characters. A refusal does not repeat it."""
        value = self.text(name)
        if value and (len(value) < least or any(each.isspace() for each in value)):
            raise ImproperlyConfigured(f"{name} must have at least {least} characters and no space.")
        return value

    def url(self, name: str) -> str:
        """Empty, or an http(s) address without a slash at its end."""
        value = self.text(name)
        try:
            parts = urlsplit(value)
            usable = not value or (parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
        except ValueError:
            usable = False
        if not usable:
            raise ImproperlyConfigured(f"{name} must be an address such as http://127.0.0.1:8900.")
        return value.rstrip("/")

    def origins(self, name: str) -> list[str]:
        """Origins of web pages, separated by commas: scheme, host and perhaps port, nothing behind them."""
        found = self.words(name)
        for each in found:
            if not re.fullmatch(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?", each):
                raise ImproperlyConfigured(
                    f"{name} must be origins such as https://shop.example.com, separated by commas, not {each[:80]!r}."
                )
        return found

    def database(self, name: str, default: str, folder: Path) -> dict[str, Any]:
        """Django's dictionary for one database. A relative SQLite file lies in `folder`."""
        address = self.text(name, default)
        refusal = ImproperlyConfigured(f"{name} must be {_DATABASES}.")
        if address.startswith("sqlite:///"):
            file = address.removeprefix("sqlite:///")
            if not file or ":memory:" in file:
                raise ImproperlyConfigured(
                    f"{name} must name a file: web server and worker share the database."
                )
            return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / file)}
        try:
            config = dict(environ.Env.db_url_config(address))
        except (
            Exception
        ) as error:  # the parser raises whatever it stumbles over; the address may hold a password
            raise refusal from error
        if config.get("ENGINE") != "django.db.backends.postgresql" or not config.get("NAME"):
            raise refusal
        if "pool" in config.get("OPTIONS", {}):
            raise ImproperlyConfigured(f"{name} may not ask for a pool: set DATABASE_POOL instead.")
        return config

    def redis(self, name: str) -> dict[str, Any]:
        """The keywords of redis-py's client for one server, or {} when none is named. A refusal does not repeat it."""
        address = self.text(name)
        if not address:
            return {}
        refusal = ImproperlyConfigured(f"{name} must be {_REDIS}.")
        try:
            parts = urlsplit(address)
            port, number = parts.port, parts.path.strip("/") if parts.scheme != "unix" else parts.query
        except ValueError as error:
            raise refusal from error
        if parts.scheme == "unix":
            found = re.fullmatch(r"(?:db=([0-9]{1,4}))?", number)
            if found is None or len(parts.path) < 2 or parts.hostname:
                raise refusal
            where: dict[str, Any] = {"unix_socket_path": parts.path, "db": int(found[1] or 0)}
        else:
            if parts.scheme not in ("redis", "rediss") or not parts.hostname or parts.query or port == 0:
                raise refusal
            if not re.fullmatch(r"[0-9]{0,4}", number):
                raise refusal
            where = {"host": parts.hostname, "port": port or 6379, "db": int(number or 0)}
            where |= {"ssl": True} if parts.scheme == "rediss" else {}
        who = {"username": parts.username, "password": parts.password}
        return where | {key: unquote(value) for key, value in who.items() if value}

    def mail(self, name: str) -> dict[str, Any]:
        """Django's settings for a mail server: smtp (plain), smtp+tls (STARTTLS) or smtp+ssl. Without one: no host."""
        address = self.text(name)
        if not address:
            return {"EMAIL_HOST": ""}
        refusal = ImproperlyConfigured(f"{name} must be {_MAIL}.")
        if not re.match(r"smtp(\+tls|\+ssl)?://", address):
            raise refusal
        try:
            config = dict(environ.Env.email_url_config(address))
        except Exception as error:  # the address may hold a password
            raise refusal from error
        if not config.get("EMAIL_HOST"):
            raise refusal
        config["EMAIL_PORT"] = config.get("EMAIL_PORT") or _MAIL_PORTS[address.partition("://")[0]]
        names = ("BACKEND", "HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
        return {each: config[each] for each in (f"EMAIL_{name}" for name in names) if config.get(each)}


def refuse_weak_settings(*, environment: str, debug: bool, secret_key: str, allowed_hosts: list[str]) -> None:
    """Raises ImproperlyConfigured when the settings would leave the back office open.

    A key is weak under the same measure as Django's own security.W009, which only warns.
    """
    if not secret_key:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Run `make setup`, which writes one into .env, or set it to 50 random characters."
        )
    if (
        len(secret_key) < 50
        or len(set(secret_key)) < 10
        or re.search(r"insecure|change.?me|example", secret_key, re.I)
    ):
        raise ImproperlyConfigured(
            "SECRET_KEY is weak. Set it to at least 50 random characters: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'."
        )
    if debug and environment == "production":
        raise ImproperlyConfigured(
            "DEBUG shows secrets to strangers. Set DEBUG=false, or ENVIRONMENT=development."
        )
    if "*" in allowed_hosts and not debug:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must name the hosts instead of *: ALLOWED_HOSTS=erp.example.com."
        )
    if not allowed_hosts:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must name this server's hosts: ALLOWED_HOSTS=erp.example.com."
        )
