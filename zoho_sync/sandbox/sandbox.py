"""The sandbox as one object: data, limits, tokens, faults and the server around them."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

from .calls import Calls
from .control import SandboxControl
from .door import Door
from .faults import Faults
from .hooks import VENDORS
from .limits import Limits
from .loopback import is_loopback
from .oauth import Accounts
from .records import Record
from .sender import Sender
from .server import Server
from .settings import Settings
from .shapes import true_form
from .size import Size
from .world import (
    SANDBOX_CLIENT_ID,
    SANDBOX_CLIENT_SECRET,
    SANDBOX_ORGANIZATION_ID,
    SANDBOX_REFRESH_TOKEN,
    World,
)


class HostError(ValueError):
    """The sandbox may not be reached from other machines: its secrets are public."""


class Sandbox:
    """A Zoho of one's own, served by threads of this process between start() and stop().

    size: how much data. seed: which data. today: the day after the last generated document, the real one if not said.
    port: 0 takes a free one. settings: see Settings.
    Raises HostError for a host outside the loopback, OSError for a port that is taken.
    """

    def __init__(
        self,
        size: Size | None = None,
        seed: int = 7,
        port: int = 0,
        host: str = "127.0.0.1",
        today: date | None = None,
        **settings: Any,
    ) -> None:
        _need_loopback(host)
        self.settings = Settings()
        self.settings.update(**settings)
        self.accounts = Accounts(self.settings)
        self.limits = Limits(self.settings)
        self.faults = Faults()
        self.calls = Calls()
        self.sender = Sender(self.settings)
        self._server = Server((host, port), self)  # before the data: a taken port is known at once
        try:
            self.world = World(size or Size(), seed, today)
        except BaseException:
            self._server.server_close()
            raise
        self.world.locations_enabled = self.settings.locations_enabled
        self._form_documents()
        self.world.on_change = self._tell
        self.door = Door(self)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._server.server_address[1]}"
        self.accounts.base_url = self.url
        self.control = SandboxControl(self.url)
        self._thread: threading.Thread | None = None

    @property
    def credentials(self) -> dict[str, str]:
        """The four values a client needs, under the names of their environment variables."""
        return {
            "ZOHO_CLIENT_ID": SANDBOX_CLIENT_ID,
            "ZOHO_CLIENT_SECRET": SANDBOX_CLIENT_SECRET,
            "ZOHO_REFRESH_TOKEN": SANDBOX_REFRESH_TOKEN,
            "ZOHO_ORGANIZATION_ID": SANDBOX_ORGANIZATION_ID,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The credentials, and where to find the sandbox."""
        return self.credentials | {"ZOHO_API_BASE_URL": self.url, "ZOHO_ACCOUNTS_URL": self.url}

    def apply_settings(self, values: dict[str, Any]) -> None:
        self.settings.update(**values)
        if self.world.locations_enabled != self.settings.locations_enabled:
            self.world.locations_enabled = self.settings.locations_enabled
            self.world.forget_details("items")
            self.world.forget_documents()
        self._form_documents()

    def _form_documents(self) -> None:
        world, settings = self.world, self.settings
        wanted = (settings.document_amounts, settings.document_row_times)
        if (world.document_amounts, world.document_row_times) != wanted:
            world.document_amounts, world.document_row_times = wanted
            world.forget_documents()

    def start(self) -> Sandbox:
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="zoho-sandbox",
            daemon=True,
        )
        self._thread.start()
        return self

    def _tell(self, kind: str, event: str, record: Record) -> None:
        if self.sender.is_wanted:
            form = true_form(self.world, kind, record)
            self.sender.happened(kind, event, record.id, form)
            if kind == "contacts" and record.fields.get("contact_type") == "vendor":
                self.sender.happened(VENDORS, event, record.id, form)

    def stop(self) -> None:
        self.sender.stop()
        if self._thread is None:
            self._server.server_close()
            return
        self._server.stop()
        self._thread.join()
        self._thread = None

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()


def _need_loopback(host: str) -> None:
    if not is_loopback(host):
        raise HostError(
            f"The sandbox listens on loopback addresses only, such as 127.0.0.1, not on {host!r}."
        )
