"""Static files that follow the reading direction of the page's language, and that ask nobody else for anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.utils.translation import get_language_bidi

MIRRORED = {"unfold/css/styles.css": "tsh/unfold.rtl.css"}  # made by `make rtl` from the skin's own
# Redoc shows a logo that it fetches from its maker; our policy stops that, and the browser's console would tell of it.
REDOC = "drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"
FOREIGN = {REDOC: b"https://cdn.redoc.ly/redoc/logo-mini.svg"}
NOTHING_TO_SEE = b"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"


class MirroringStorage(StaticFilesStorage):
    """Hands out the mirrored twin of a stylesheet while the language reads from right to left."""

    def post_process(
        self, paths: Mapping[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        """After they were collected: what a script would fetch elsewhere becomes an empty picture of its own."""
        for name in FOREIGN.keys() & paths.keys():
            file = Path(self.path(name))
            if not dry_run and not file.is_symlink():
                content = file.read_bytes()
                file.write_bytes(content.replace(FOREIGN[name], NOTHING_TO_SEE))
                yield name, name, FOREIGN[name] in content

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        if name in MIRRORED and get_language_bidi():
            name = MIRRORED[name]
        return super().url(name, *args, **kwargs)
