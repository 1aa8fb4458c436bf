"""One settings file. Everything that differs between machines comes from the environment or `.env`.

`.env.example` explains every variable; `environment.py` refuses values that cannot be obeyed.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from tsh_erp.environment import Environment, refuse_weak_settings
from tsh_erp.framework import DRF_STANDARDIZED_ERRORS, REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401
from tsh_erp.unfold import UNFOLD  # noqa: F401

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(os.environ.get("ENV_FILE") or BASE_DIR / ".env")
env = Environment(os.environ)

# --- Where this runs -------------------------------------------------------------------------------

ENVIRONMENT = env.choice("ENVIRONMENT", "production", ("development", "production"))
IS_PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ENCRYPTION_KEYS = env.words("ENCRYPTION_KEYS")  # newest first; empty: derived from SECRET_KEY
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", [] if IS_PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
DATA_DIR = BASE_DIR / env.text("DATA_DIR", "data")  # database, logs and locks of this machine
BIND_ADDRESS = env.text("BIND_ADDRESS", "127.0.0.1")
PORT = env.number("PORT", 8000, 1, 65535)
WEB_PROCESSES = env.number("WEB_PROCESSES", 2, 1, 64)
WEB_THREADS = env.number("WEB_THREADS", 4, 1, 64)
ADMIN_USERNAME = env.text("ADMIN_USERNAME", "admin")
ADMIN_PASSWORD = env.text("ADMIN_PASSWORD")  # of the first administrator; empty: a random one, printed once

refuse_weak_settings(environment=ENVIRONMENT, debug=DEBUG, secret_key=SECRET_KEY, allowed_hosts=ALLOWED_HOSTS)

# --- Security --------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # load balancers ask without TLS
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000 if IS_PRODUCTION else 0, 0, 99_999_999)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PRODUCTION
BEHIND_TLS_PROXY = env.flag("BEHIND_TLS_PROXY", False)
if BEHIND_TLS_PROXY:  # only then may a header say that the request came by TLS, and from whom
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # Zoho's consent page leads back by a link
SESSION_IDLE_SECONDS = env.number("SESSION_IDLE_MINUTES", 720, 5, 10_080) * 60
SESSION_COOKIE_AGE = env.number("SESSION_MAX_HOURS", 168, 1, 8760) * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- Apps ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "tsh_erp.access.skin.SkinConfig",  # unfold, with a login of our own
    "tsh_erp.access.skin.PagesConfig",  # django.contrib.admin, whose pages come with the addresses
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",  # Swagger UI and Redoc as static files of our own
    "drf_standardized_errors",
    "corsheaders",
    "csp",
    "django_q",
    "inventory",
    "zoho_sync",
    "monitoring",
    "backups",
    "tsh_erp.access",
    "tsh_erp.audit",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tsh_erp.policy.PagePolicy",
    "tsh_erp.devices.DevicesClosed",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tsh_erp.access.sessions.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tsh_erp.access.visitors.Visitors",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tsh_erp.audit.middleware.Visit",
    "tsh_erp.access.middleware.ApiGate",
    "tsh_erp.zones.OrganizationZone",
]
ROOT_URLCONF = "tsh_erp.urls"
WSGI_APPLICATION = "tsh_erp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
AUTHENTICATION_BACKENDS = ["tsh_erp.access.backend.Backend"]
SESSION_ENGINE = "tsh_erp.access.sessions"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# Wrong passwords that are heard before a pause (access/guesses.py): of one user from one address, from one address,
# and of one user from wherever he has not logged in before.
LOGIN = {
    "ATTEMPTS": env.number("LOGIN_ATTEMPTS", 5, 1, 1000),
    "ATTEMPTS_PER_ADDRESS": env.number("LOGIN_ATTEMPTS_PER_ADDRESS", 20, 1, 100_000),
    "ATTEMPTS_PER_USER": env.number("LOGIN_ATTEMPTS_PER_USER", 50, 1, 100_000),
    "COOL_OFF_MINUTES": env.number("LOGIN_COOL_OFF_MINUTES", 15, 1, 1440),
}
SECOND_FACTOR = env.choice("SECOND_FACTOR", "optional", ("optional", "required"))  # of staff
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- API -------------------------------------------------------------------------------------------

API: dict[str, Any] = {
    "MAX_BYTES": env.number("API_MAX_BYTES", 1_048_576, 1024, 2_500_000),
    "PER_MINUTE_TOKEN": env.number("API_PER_MINUTE_TOKEN", 600, 1, 10_000_000),
    "PER_MINUTE_ADDRESS": env.number("API_PER_MINUTE_ADDRESS", 1200, 1, 10_000_000),
    "REFUSED_PER_MINUTE": env.number("API_REFUSED_PER_MINUTE", 30, 1, 10_000_000),
    "METER": DATA_DIR / "api_meter",  # the counts behind these limits, which all web processes here share
}
CSRF_FAILURE_VIEW = "tsh_erp.access.plain.csrf_failure"

# Pages of other origins may call the API only where they are named here, and only with a token: no cookie goes along.
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "idempotency-key", "if-none-match"]
CORS_EXPOSE_HEADERS = [
    "Content-Disposition", "ETag", "Idempotent-Replayed", "Link", "Location", "Retry-After", "WWW-Authenticate",
    "X-Checkpoint",
]  # fmt: skip

# --- Database --------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{DATA_DIR / 'tsh_erp.sqlite3'}", BASE_DIR)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"] |= {
        # IMMEDIATE takes the write lock at BEGIN, so that read-then-write never fails half way.
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # A larger cache, or the file mapped into memory, makes a sync no quicker (docs/benchmarks.md), and grows
            # with the file in every process and thread.
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-16384;PRAGMA temp_store=MEMORY;"
            ),
        },
        "CONN_MAX_AGE": 600,
    }
else:
    # No pool here: the queue's processes fork, and a pool made before the fork corrupts connections. The web server
    # makes one for itself (webserver.py), of so many connections at most in each of its processes.
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    # A database that is away is noticed in seconds: nobody may wait as long as TCP has patience.
    DATABASES["default"].setdefault("OPTIONS", {})
    for name, value in {"connect_timeout": 5, "tcp_user_timeout": 20_000, "keepalives_idle": 30}.items():
        DATABASES["default"]["OPTIONS"].setdefault(name, value)
    # A process that is frozen in the middle of a transaction must not hold its locks for ever.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", "-c idle_in_transaction_session_timeout=60s"
    )

DATABASE_POOL = env.number("DATABASE_POOL", 0, 0, 200)
if DATABASE_POOL and DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    raise ImproperlyConfigured("DATABASE_POOL is for PostgreSQL; SQLite has nothing to pool.")

# --- Queue -----------------------------------------------------------------------------------------

REDIS = env.redis("REDIS_URL")
Q_CLUSTER: dict[str, Any] = {
    "name": "tsh_erp",
    "label": _("Queue"),
    # In our own database, where a job commits with its row; or in Redis, which tells of a job sooner.
    **({"redis": REDIS} if REDIS else {"orm": "default"}),
    "broker_class": "zoho_sync.redis_broker.AddressedRedis" if REDIS else "zoho_sync.broker.AddressedOrm",
    "workers": env.number("QUEUE_WORKERS", 2, 1, 32),
    "queue_limit": env.number("QUEUE_WORKERS", 2, 1, 32),
    "bulk": 1,
    "poll": 0.2,
    "timeout": 600,
    "retry": 2400,  # must exceed timeout x (prefetch / workers + 1), else a job runs twice
    "max_attempts": 1,  # our own rows keep retries
    "ack_failures": True,
    "save_limit": -1,  # our own rows keep history
    "catch_up": False,
    "guard_cycle": 1,
}

# The supervisor of the queue's processes. A wedge is noticed after at most silence + canary + check seconds.
WORKER: dict[str, Any] = {
    "NAME": env.text("WORKER_NAME", f"{socket.gethostname()}:{Q_CLUSTER['name']}")[:90],
    "CHECK_SECONDS": env.number("WORKER_CHECK_SECONDS", 5, 1, 60),
    "CANARY_SECONDS": env.number("WORKER_CANARY_SECONDS", 15, 1, 60),
    "SILENCE_SECONDS": env.number("WORKER_SILENCE_SECONDS", 75, 2, 600),
    "STOP_SECONDS": env.number("WORKER_STOP_SECONDS", 15, 1, 600),
}

# --- Reports ---------------------------------------------------------------------------------------

REPORTS: dict[str, Any] = {
    # Rows that a page reads itself; more are read by a worker.
    "ROWS_AT_ONCE": env.number("REPORT_ROWS_AT_ONCE", 20_000, 0, 10_000_000),
}

# --- Language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = env.choice("LANGUAGE_CODE", "en", ("en", "ar"))
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["tsh_erp.formats"]
TIME_ZONE = env.time_zone("TIME_ZONE", "Asia/Baghdad")
USE_I18N = True
USE_TZ = True

# --- What a page may fetch -------------------------------------------------------------------------

# The skin's Alpine.js evaluates the expressions in its attributes, hence UNSAFE_EVAL, and writes styles. No script may
# stand in a page itself, so that nothing that came from outside can be run as one.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# --- Static files ----------------------------------------------------------------------------------

LOGIN_REDIRECT_URL = "admin:index"
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"  # collected anew at every `make run`
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tsh_erp.staticfiles.MirroringStorage"},
}

# --- Logs ------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "tsh_erp.logs.SecretFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["secrets"], "formatter": "line"},
    },
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", "WARNING", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django-q": {"level": "WARNING"},  # it tells of every job; our runs tell enough
    },
}

# --- Zoho ------------------------------------------------------------------------------------------

SANDBOX_PORT = env.number("SANDBOX_PORT", 8900, 1, 65535)
ZOHO: dict[str, Any] = {
    "CLIENT_ID": env.text("ZOHO_CLIENT_ID"),
    "CLIENT_SECRET": env.text("ZOHO_CLIENT_SECRET"),
    "REFRESH_TOKEN": env.text("ZOHO_REFRESH_TOKEN"),
    "ORGANIZATION_ID": env.text("ZOHO_ORGANIZATION_ID"),
    "REGION": env.choice(
        "ZOHO_REGION", "com", ("com", "eu", "in", "com.au", "jp", "ca", "com.cn", "sa", "uk")
    ),
    "API_BASE_URL": env.url("ZOHO_API_BASE_URL"),
    "ACCOUNTS_URL": env.url("ZOHO_ACCOUNTS_URL"),
    "CALLS_PER_MINUTE": env.number("ZOHO_CALLS_PER_MINUTE", 95, 1, 100),
    "CONCURRENT_CALLS": env.number("ZOHO_CONCURRENT_CALLS", 4, 1, 10),
    "CALLS_PER_DAY": env.number("ZOHO_CALLS_PER_DAY", 5000, 1, 1_000_000),
    "REALTIME_RESERVE_PERCENT": env.number("ZOHO_REALTIME_RESERVE_PERCENT", 10, 0, 90),
    "BACKGROUND_FLOOR_PERCENT": env.number("ZOHO_BACKGROUND_FLOOR_PERCENT", 30, 0, 100),
    "OVERLAP_SECONDS": env.number("ZOHO_OVERLAP_SECONDS", 300, 0, 86_400),
    # Documents of so many days are mirrored, and older ones that are still open; 0: all.
    "DOCUMENT_DAYS": env.number("ZOHO_DOCUMENT_DAYS", 366, 0, 36_500),
    "SLICE_SECONDS": env.number("ZOHO_SLICE_SECONDS", 20, 1, 300),
    "CALL_SECONDS": env.number(
        "ZOHO_CALL_SECONDS", 60, 5, 300
    ),  # the longest one call may take, retries included
    "LEASE_SECONDS": env.number("ZOHO_LEASE_SECONDS", 25, 5, 300),
}
if ZOHO_SANDBOX := env.flag("ZOHO_SANDBOX", not IS_PRODUCTION) and not any(
    ZOHO[name]
    for name in (
        "CLIENT_ID",
        "CLIENT_SECRET",
        "REFRESH_TOKEN",
        "ORGANIZATION_ID",
        "API_BASE_URL",
        "ACCOUNTS_URL",
    )
):
    # Every process, and every command in another terminal, finds the sandbox that `make run` or `make sandbox` starts.
    from zoho_sync.sandbox import world

    address = f"http://127.0.0.1:{SANDBOX_PORT}"
    ZOHO |= {
        "CLIENT_ID": world.SANDBOX_CLIENT_ID,
        "CLIENT_SECRET": world.SANDBOX_CLIENT_SECRET,
        "REFRESH_TOKEN": world.SANDBOX_REFRESH_TOKEN,
        "ORGANIZATION_ID": world.SANDBOX_ORGANIZATION_ID,
        "API_BASE_URL": address,
        "ACCOUNTS_URL": address,
    }

# --- Webhooks --------------------------------------------------------------------------------------

WEBHOOKS: dict[str, Any] = {
    "SECRET": env.secret("ZOHO_WEBHOOK_SECRET", 12),  # beside those that are made in the admin
    "SHARED_KEY": env.flag("WEBHOOK_SHARED_KEY", False),
    "MAX_BYTES": env.number("WEBHOOK_MAX_BYTES", 1_048_576, 1024, 2_500_000),
    "PER_MINUTE": env.number("WEBHOOK_PER_MINUTE", 30_000, 1, 10_000_000),
    "REFUSED_PER_MINUTE": env.number("WEBHOOK_REFUSED_PER_MINUTE", 60, 1, 10_000_000),
    "PUBLIC_URL": env.url("PUBLIC_URL"),  # empty: as the visitor's browser has it
}
if (
    ZOHO_SANDBOX and not WEBHOOKS["SECRET"]
):  # everybody knows it, so it counts only as long as the sandbox is the source
    WEBHOOKS["SECRET"] = world.SANDBOX_WEBHOOK_SECRET

# --- Watching --------------------------------------------------------------------------------------

# Jobs beside the syncs', by name, function and cron; `setup_schedules` puts them into the queue's table.
SCHEDULES: list[tuple[str, str, str]] = [
    ("zoho_sync repair", "zoho_sync.tasks.repair", "*/5 * * * *"),
    ("zoho_sync documents", "zoho_sync.tasks.read_documents", "51 * * * *"),
    ("zoho_sync truth", "zoho_sync.tasks.check_truth", "43 * * * *"),
    ("inventory integrity", "inventory.tasks.check_integrity", "33 2 * * *"),
    ("inventory integrity of changes", "inventory.tasks.check_changes", "9-59/10 * * * *"),
    ("monitoring roll up", "monitoring.tasks.roll_up", "17 * * * *"),
    ("monitoring digest", "monitoring.tasks.send_digest", "30 7 * * *"),
    ("access forget", "tsh_erp.access.tasks.forget", "27 * * * *"),
    ("monitoring forget", "monitoring.tasks.forget", "47 3 * * *"),
]

# The truth meter: records compared with Zoho every hour (0: none), and the share of the calls left to background work
# that one round may spend.
TRUTH = {
    "CHECKS_PER_HOUR": env.number("TRUTH_CHECKS_PER_HOUR", 20, 0, 1000),
    "BUDGET_PERCENT": env.number("TRUTH_BUDGET_PERCENT", 5, 1, 100),
}

# Pictures of products: their own share of the day's calls, what is refused, and how long the files of one that has left
# the source are kept. FOLDER: None is DATA_DIR/media; several machines need one folder that all of them see.
PICTURES: dict[str, Any] = {
    "CALLS_PER_DAY": env.number("PICTURES_CALLS_PER_DAY", 500, 1, 1_000_000),
    "BUDGET_PERCENT": env.number("PICTURES_BUDGET_PERCENT", 20, 1, 100),
    "MAX_BYTES": env.number("PICTURES_MAX_BYTES", 10_485_760, 10_000, 100_000_000),
    "MAX_PIXELS": env.number("PICTURES_MAX_PIXELS", 40_000_000, 10_000, 100_000_000),
    "KEEP_DAYS": env.number("PICTURES_KEEP_DAYS", 7, 0, 3650),
    "FOLDER": BASE_DIR / folder if (folder := env.text("PICTURES_FOLDER")) else None,
}

METRICS: dict[str, Any] = {
    "FLUSH_SECONDS": env.number(
        "METRICS_FLUSH_SECONDS", 2, 0, 60
    ),  # 0: a process writes only what it is told to
    "KEEP_MINUTES_HOURS": env.number("METRICS_KEEP_MINUTES_HOURS", 24, 1, 720),
    "KEEP_HOURS_DAYS": env.number("METRICS_KEEP_HOURS_DAYS", 40, 8, 3650),
    "KEEP_DAYS_DAYS": env.number("METRICS_KEEP_DAYS_DAYS", 1095, 31, 36_500),
}

# What `make run` keeps running beside the worker and the web server: the name in its log, and the command.
COMPANIONS: list[tuple[str, str]] = [("monitor", "run_monitor")]

# The watch judges the rules so often; a killed one is followed by another when its lease is over.
WATCH = {
    "ROUND_SECONDS": env.number("WATCH_ROUND_SECONDS", 10, 1, 60),
    "LEASE_SECONDS": env.number("WATCH_LEASE_SECONDS", 20, 2, 300),
}

# Mail goes out only where EMAIL_URL names a server; without one EMAIL_HOST stays empty, and the pages say so.
vars().update(env.mail("EMAIL_URL"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("EMAIL_FROM", "tsh-erp@localhost")
EMAIL_TIMEOUT = 10  # seconds, of each step

# Further kinds of channels, and functions that are told of every event of an alert (docs/channels.md).
ALERT_CHANNEL_MODULES = env.words("ALERT_CHANNEL_MODULES")
ALERT_HANDLERS = env.words("ALERT_HANDLERS")
# Addresses that staff enter may lead into private networks, and do without TLS. For trying, on one's own machine.
ALERT_ALLOW_PRIVATE = env.flag("ALERT_ALLOW_PRIVATE", False)
# Room on the disk, in megabytes: with less somebody should know; with less no visitor can be served.
HEALTH: dict[str, Any] = {
    "DISK_LOW_MB": env.number("DISK_LOW_MB", 1000, 1, 100_000_000),
    "DISK_FULL_MB": env.number("DISK_FULL_MB", 50, 0, 100_000_000),
}

# FOLDER: where backups go when no other is named. The passphrase encrypts them; one of the two says it.
BACKUPS: dict[str, Any] = {
    "FOLDER": BASE_DIR / folder if (folder := env.text("BACKUP_FOLDER")) else DATA_DIR / "backups",
    "PASSPHRASE": env.secret("BACKUP_PASSPHRASE", 12),
    "PASSPHRASE_FILE": env.text("BACKUP_PASSPHRASE_FILE"),
}

PLAN_HOURS = env.number("PLAN_HOURS", 24, 1, 336)  # the plan of a dry run may be applied for so long
# How long what is only evidence is kept, in days.
RETENTION_DAYS = {
    "CHANGES": env.number("RETENTION_DAYS_CHANGES", 30, 1, 3650),
    "EVENTS": env.number("RETENTION_DAYS_EVENTS", 30, 1, 3650),
    "USAGE": env.number("RETENTION_DAYS_USAGE", 400, 1, 3650),
    "PLANS": env.number("RETENTION_DAYS_PLANS", 14, 1, 3650),
    "RUNS": env.number("RETENTION_DAYS_RUNS", 180, 1, 3650),
    "WEBHOOKS": env.number("RETENTION_DAYS_WEBHOOKS", 90, 1, 3650),
    "TRUTH": env.number("RETENTION_DAYS_TRUTH", 90, 1, 3650),
    "REPAIRS": env.number("RETENTION_DAYS_REPAIRS", 180, 1, 3650),
    "ALERTS": env.number("RETENTION_DAYS_ALERTS", 180, 1, 3650),
}
AUDIT_KEEP_DAYS = env.number(
    "AUDIT_KEEP_DAYS", 1096, 30, 36_500
)  # three years; of younger lines nobody deletes one
