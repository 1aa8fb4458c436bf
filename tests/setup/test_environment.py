"""The strict reading of the environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tsh_erp.environment import Environment, refuse_weak_settings

STRONG = "kJ3vQx9mTz7wLpR2sYb8nHf4cGd6aUe1iOoKtVyXqWjZrNhB5M"


def env(**values: str) -> Environment:
    return Environment(values)


def test_an_empty_value_counts_as_not_set():
    assert env(PORT=" ").number("PORT", 8000, 1, 65535) == 8000


def test_a_number_at_its_limits_is_taken():
    assert [env(N=text).number("N", 5, -1, 9) for text in ("-1", "9")] == [-1, 9]


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "1.5",
        "0",
        "65536",
        "-1",
        "1e3",
        "٣",
        "1" * 5000,
    ],  # words, fractions, out of range, other digits, endless
)
def test_a_number_that_cannot_be_obeyed_is_refused_by_name_and_range(text):
    with pytest.raises(ImproperlyConfigured, match="PORT must be a whole number from 1 to 65535"):
        env(PORT=text).number("PORT", 8000, 1, 65535)


@pytest.mark.parametrize(("text", "meaning"), [("TRUE", True), ("on", True), ("0", False), ("no", False)])
def test_a_flag_understands_the_usual_words(text, meaning):
    assert env(DEBUG=text).flag("DEBUG", not meaning) is meaning


def test_a_flag_refuses_any_other_word():
    with pytest.raises(ImproperlyConfigured, match="DEBUG must be true or false, not 'maybe'"):
        env(DEBUG="maybe").flag("DEBUG", False)


def test_a_choice_names_what_is_allowed():
    with pytest.raises(ImproperlyConfigured, match="ZOHO_REGION must be one of com, eu, not 'mars'"):
        env(ZOHO_REGION="mars").choice("ZOHO_REGION", "com", ("com", "eu"))


def test_a_time_zone_that_does_not_exist_is_refused():
    with pytest.raises(ImproperlyConfigured, match="TIME_ZONE must be a time zone such as Asia/Baghdad"):
        env(TIME_ZONE="Asia/Atlantis").time_zone("TIME_ZONE", "Asia/Baghdad")


@pytest.mark.parametrize(
    "address", ["ftp://host", "127.0.0.1:8900", "http://", "http://host:port", "http://[::1"]
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ImproperlyConfigured, match="ZOHO_API_BASE_URL must be an address"):
        env(ZOHO_API_BASE_URL=address).url("ZOHO_API_BASE_URL")


def test_an_address_loses_the_slash_at_its_end():
    assert env(U="http://127.0.0.1:8900/").url("U") == "http://127.0.0.1:8900"


def test_a_relative_sqlite_file_lies_in_the_given_folder():
    database = env(DATABASE_URL="sqlite:///data/x.sqlite3").database("DATABASE_URL", "", Path("/srv/erp"))
    assert database["NAME"] == "/srv/erp/data/x.sqlite3"


def test_a_sqlite_path_may_hold_spaces():
    database = env(DATABASE_URL="sqlite:////srv/my erp/x.sqlite3").database("DATABASE_URL", "", Path("/"))
    assert database["NAME"] == "/srv/my erp/x.sqlite3"


def test_postgresql_by_socket_and_by_port():
    read = lambda address: env(DATABASE_URL=address).database("DATABASE_URL", "", Path("/"))  # noqa: E731
    assert read("postgres://erp:p%40ss@db:5433/erp") | {} == read("postgresql://erp:p%40ss@db:5433/erp")
    assert read("postgres://erp:p%40ss@db:5433/erp")["PASSWORD"] == "p@ss"
    assert read("postgres://erp@/erp?host=/run/pg")["OPTIONS"] == {"host": "/run/pg"}


@pytest.mark.parametrize(
    "address",
    [
        "mysql://a:geheim@b/c",
        "nonsense",
        "sqlite://:memory:",
        "sqlite:///:memory:",
        "postgres://a:geheim@b:port/c",
    ],
)
def test_another_database_is_refused_without_repeating_its_password(address):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must") as refused:
        env(DATABASE_URL=address).database("DATABASE_URL", "", Path("/"))
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"secret_key": ""}, "SECRET_KEY is not set"),
        ({"secret_key": "short"}, "SECRET_KEY is weak"),
        ({"secret_key": "ab" * 40}, "SECRET_KEY is weak"),  # long, but of two letters
        ({"secret_key": "django-insecure-" + STRONG}, "SECRET_KEY is weak"),  # what startproject writes
        ({"debug": True}, "DEBUG shows secrets"),
        ({"allowed_hosts": ["*"]}, "ALLOWED_HOSTS must name the hosts"),
        ({"allowed_hosts": []}, "ALLOWED_HOSTS must name this server's hosts"),
    ],
)
def test_weak_production_settings_are_refused(changes, sentence):
    good = {
        "environment": "production",
        "debug": False,
        "secret_key": STRONG,
        "allowed_hosts": ["erp.example.com"],
    }
    refuse_weak_settings(**good)
    with pytest.raises(ImproperlyConfigured, match=sentence):
        refuse_weak_settings(**good | changes)


def test_a_mail_server_is_read_from_one_address_with_its_secrets_decoded():
    settings = env(EMAIL_URL="smtp+tls://alerts%40example.com:p%2Fss@mail.example.com").mail("EMAIL_URL")
    assert settings == {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "mail.example.com",
        "EMAIL_PORT": 587,
        "EMAIL_HOST_USER": "alerts@example.com",
        "EMAIL_HOST_PASSWORD": "p/ss",
        "EMAIL_USE_TLS": True,
    }


@pytest.mark.parametrize(
    ("address", "port", "secure"),
    [
        ("smtp://h", 25, None),
        ("smtp://h:2525", 2525, None),
        ("smtp+ssl://u:p@h", 465, "EMAIL_USE_SSL"),
        ("smtp+tls://h:25", 25, "EMAIL_USE_TLS"),
    ],
)
def test_each_scheme_has_its_port_and_its_way_to_be_secure(address, port, secure):
    settings = env(EMAIL_URL=address).mail("EMAIL_URL")
    assert settings["EMAIL_PORT"] == port
    assert [name for name in ("EMAIL_USE_TLS", "EMAIL_USE_SSL") if name in settings] == (
        [secure] if secure else []
    )


def test_without_a_mail_server_there_is_no_host():
    assert env().mail("EMAIL_URL") == {"EMAIL_HOST": ""}


@pytest.mark.parametrize(
    "address", ["mail.example.com", "http://u:secret@h", "smtp://u:secret@", "consolemail://"]
)
def test_a_mail_address_that_cannot_be_obeyed_is_refused_without_repeating_it(address):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must be smtp") as refusal:
        env(EMAIL_URL=address).mail("EMAIL_URL")
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("address", "meaning"),
    [
        pytest.param("", {}, id="none: the queue stays in the database"),
        pytest.param("redis://queue", {"host": "queue", "port": 6379, "db": 0}, id="what is usual"),
        pytest.param("redis://10.0.0.5:6380/3", {"host": "10.0.0.5", "port": 6380, "db": 3}, id="all of it"),
        pytest.param("redis://[::1]:6379/", {"host": "::1", "port": 6379, "db": 0}, id="IPv6"),
        pytest.param(
            "rediss://erp:p%40ss@queue/1",
            {"host": "queue", "port": 6379, "db": 1, "ssl": True, "username": "erp", "password": "p@ss"},
            id="TLS, with a password that had to be written in another way",
        ),
        pytest.param(
            "redis://:secret@queue",
            {"host": "queue", "port": 6379, "db": 0, "password": "secret"},
            id="no user",
        ),
        pytest.param(
            "unix:///run/redis/redis.sock",
            {"unix_socket_path": "/run/redis/redis.sock", "db": 0},
            id="a socket",
        ),
        pytest.param(
            "unix:///run/redis.sock?db=4", {"unix_socket_path": "/run/redis.sock", "db": 4}, id="its number"
        ),
    ],
)
def test_redis_is_read_from_one_address(address, meaning):
    assert env(REDIS_URL=address).redis("REDIS_URL") == meaning


@pytest.mark.parametrize(
    "address",
    [
        "queue:6379", "http://:topsecret@queue", "redis://", "redis://:topsecret@queue:0", "redis://queue:port",
        "redis://:topsecret@queue/name", "redis://:topsecret@queue?timeout=5", "unix://queue/socket", "unix:///",
        "unix:///socket?db=x", "redis://:topsecret@[queue",
    ],
)  # fmt: skip
def test_a_redis_that_cannot_be_obeyed_is_refused_without_repeating_its_password(address):
    with pytest.raises(
        ImproperlyConfigured, match=r"^REDIS_URL must be redis://HOST:PORT/NUMBER, "
    ) as refusal:
        env(REDIS_URL=address).redis("REDIS_URL")
    assert "topsecret" not in str(refusal.value)
