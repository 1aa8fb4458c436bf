"""One settings file. Everything that differs between machines comes from the environment or `.env`."""

from __future__ import annotations

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(env.str("ENV_FILE", str(BASE_DIR / ".env")))

# --- Where this runs -------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[])  # newest first; empty: derived from SECRET_KEY
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])

# --- Apps ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_q",
    "inventory",
    "zoho_sync",
    "monitoring",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database --------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{BASE_DIR / 'data' / 'tsh_erp.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"] |= {
        # IMMEDIATE takes the write lock at BEGIN, so that read-then-write never fails half way.
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-65536;"
                "PRAGMA mmap_size=268435456;PRAGMA temp_store=MEMORY;"
            ),
        },
        "CONN_MAX_AGE": 600,
    }
else:
    # No psycopg pool here: the queue's cluster forks, and a pool made before the fork corrupts connections.
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

# --- Queue -----------------------------------------------------------------------------------------

Q_CLUSTER = {
    "name": "tsh_erp",
    "label": _("Queue"),
    "orm": "default",
    "workers": env.int("QUEUE_WORKERS", 2),
    "queue_limit": env.int("QUEUE_WORKERS", 2),
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

# --- Language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en")
LANGUAGES = [("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", "Asia/Baghdad")
USE_I18N = True
USE_TZ = True

# --- Static files ----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"

# --- Zoho ------------------------------------------------------------------------------------------

ZOHO = {
    "CLIENT_ID": env.str("ZOHO_CLIENT_ID", ""),
    "CLIENT_SECRET": env.str("ZOHO_CLIENT_SECRET", ""),
    "REFRESH_TOKEN": env.str("ZOHO_REFRESH_TOKEN", ""),
    "ORGANIZATION_ID": env.str("ZOHO_ORGANIZATION_ID", ""),
    "REGION": env.str("ZOHO_REGION", "com"),
    "API_BASE_URL": env.str("ZOHO_API_BASE_URL", ""),
    "ACCOUNTS_URL": env.str("ZOHO_ACCOUNTS_URL", ""),
    "CALLS_PER_MINUTE": env.int("ZOHO_CALLS_PER_MINUTE", 95),
    "CONCURRENT_CALLS": env.int("ZOHO_CONCURRENT_CALLS", 4),
    "CALLS_PER_DAY": env.int("ZOHO_CALLS_PER_DAY", 5000),
    "REALTIME_RESERVE_PERCENT": env.int("ZOHO_REALTIME_RESERVE_PERCENT", 10),
    "BACKGROUND_FLOOR_PERCENT": env.int("ZOHO_BACKGROUND_FLOOR_PERCENT", 30),
    "OVERLAP_SECONDS": env.int("ZOHO_OVERLAP_SECONDS", 300),
    "SLICE_SECONDS": env.int("ZOHO_SLICE_SECONDS", 20),
}
