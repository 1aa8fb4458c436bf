"""Static files that follow the reading direction of the page's language."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.utils.translation import get_language_bidi

MIRRORED = {"unfold/css/styles.css": "tsh/unfold.rtl.css"}  # made by `make rtl` from the skin's own


class MirroringStorage(StaticFilesStorage):
    """Hands out the mirrored twin of a stylesheet while the language reads from right to left."""

    def url(self, name: str | None, *args: Any, **kwargs: Any) -> str:
        if name in MIRRORED and get_language_bidi():
            name = MIRRORED[name]
        return super().url(name, *args, **kwargs)
