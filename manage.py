#!/usr/bin/env python3
"""The command line of the back office: `manage.py help` lists what it can do."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsh_erp.settings")
    try:
        import django  # noqa: F401
    except ImportError:
        sys.exit(
            "Django is not installed in this Python. Run `make setup`, then use .venv/bin/python manage.py."
        )
    from tsh_erp.commandline import execute

    sys.exit(execute(sys.argv))


if __name__ == "__main__":
    main()
