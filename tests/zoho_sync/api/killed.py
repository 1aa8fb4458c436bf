"""A web process that dies after it has started a run under an Idempotency-Key, and before that has committed:
`python -m tests.zoho_sync.api.killed USER KEY`."""

from __future__ import annotations

import os
import signal
import sys


def main(user_id: int, key: str) -> None:
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from rest_framework.parsers import JSONParser
    from rest_framework.request import Request
    from rest_framework.test import APIRequestFactory

    from zoho_sync.api import runs_start
    from zoho_sync.api.idempotency import answered_once

    posted = APIRequestFactory().post("/api/v1/runs/", {"entity": "products"}, format="json")
    posted.META["HTTP_IDEMPOTENCY_KEY"] = key
    request = Request(posted, parsers=[JSONParser()])
    request.user = get_user_model().objects.get(pk=user_id)

    def start_and_die():
        (run,) = runs_start.start(request)
        print("started", run.pk, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

    answered_once(request, start_and_die)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
