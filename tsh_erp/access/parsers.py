"""What may be sent to the API: JSON of a bounded size, in UTF-8, strictly."""

from __future__ import annotations

import re
from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from .errors import TooLarge

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # written out in a text; no database that we know takes it


class JsonParser(BaseParser):
    """Refuses NaN, NUL, halves of characters, endless nesting, no UTF-8; a `charset` in the header changes nothing."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        body = stream.read(settings.API["MAX_BYTES"] + 1)
        if len(body) > settings.API["MAX_BYTES"]:
            raise TooLarge
        if _NUL.search(body):
            raise ParseError(_("The body holds a character that no text has."))
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            reason = str(error).partition(":")[0]
            raise ParseError(_("The body is no JSON: %(reason)s.") % {"reason": reason}) from error
