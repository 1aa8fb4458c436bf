"""The product's own settings, under an environment that no test run may take from the machine it runs on.

Everything goes into `os.environ`, so that the real processes which tests start see the same.
"""

from __future__ import annotations

import os

from tests.databases import choose_database

for name in [
    name
    for name in os.environ
    if name.startswith(
        (
            "ZOHO_",
            "ADMIN_",
            "WORKER_",
            "QUEUE_",
            "HSTS_",
            "WEBHOOK_",
            "PUBLIC_",
            "API_",
            "AUDIT_",
            "CORS_",
            "EMAIL_",
            "ALERT_",
            "METRICS_",
            "WATCH_",
            "TRUTH_",
            "REPORT_",
            "BACKUP_",
            "REDIS_",
            "LOGIN_",
            "SESSION_",
            "SECOND_",
        )
    )
]:
    del os.environ[name]
os.environ |= {
    "ENV_FILE": os.devnull,
    "ENVIRONMENT": "development",
    "SECRET_KEY": "kJ3vQx9mTz7wLpR2sYb8nHf4cGd6aUe1iOoKtVyXqWjZrNhB5M",
    "ZOHO_SANDBOX": "false",
}
os.environ |= choose_database()
if folder := os.environ.get(
    "TEST_REDIS_FOLDER"
):  # `make redis`: the queue is there, in a server of each test's own
    os.environ.setdefault("REDIS_URL", f"unix://{folder}/{os.getpid()}.sock")

from tsh_erp.settings import *  # noqa: E402, F403
from tsh_erp.settings import API, DATA_DIR, DATABASES, METRICS, STATIC_ROOT  # noqa: E402

STATIC_ROOT.mkdir(exist_ok=True)

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # a file: threads and processes share it
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
]  # logging in is not what most tests measure
METRICS["FLUSH_SECONDS"] = 0  # so that a test counts its own queries only
# Every test comes from one address; those about limits set their own.
API |= dict.fromkeys(("PER_MINUTE_TOKEN", "PER_MINUTE_ADDRESS", "REFUSED_PER_MINUTE"), 10_000_000)
API["METER"] = DATA_DIR / f"api_meter_{os.getpid()}"
