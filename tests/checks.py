"""`make check`: everything that can be judged without running the suite. Fails if any step failed."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

PRODUCTION = {
    "ENV_FILE": os.devnull,
    "ENVIRONMENT": "production",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ENCRYPTION_KEYS": secrets.token_urlsafe(32),
    "ALLOWED_HOSTS": "erp.example.com",
    "BEHIND_TLS_PROXY": "true",
}
MODULES = ["tsh_erp", "inventory", "zoho_sync", "monitoring", "backups"]
STEPS: list[tuple[str, list[str]]] = [
    ("format", ["-m", "ruff", "format", "--check", "--quiet", "."]),
    ("lint", ["-m", "ruff", "check", "--quiet", "."]),
    ("types", ["-m", "mypy", *MODULES]),
    ("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
    ("schema", ["manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull]),
    ("production settings", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
]


def main() -> int:
    failed = []
    for name, words in STEPS:
        done = subprocess.run([sys.executable, *words], env=os.environ | PRODUCTION)
        sys.stdout.write(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'}\n")
        sys.stdout.flush()
        if done.returncode:
            failed.append(name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
