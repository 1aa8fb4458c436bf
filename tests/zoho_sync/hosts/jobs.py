"""What a schedule of these tests starts: a row each time, so that twice is seen."""

from __future__ import annotations

import socket

NOTED = "tests.noted"


def note(name: str) -> None:
    from zoho_sync.models import Event

    Event.objects.create(name=NOTED, entity=name, data={"host": socket.gethostname()})
