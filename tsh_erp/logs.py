"""What no log line may hold, and the filter that sees to it."""

from __future__ import annotations

import logging
import re

# Zoho's tokens look like 1000.<hex>.<hex>, ours like tsh_<prefix>_<secret>; the rest are names under which secrets
# travel in headers, forms, JSON.
_SECRETS = re.compile(
    r"""(?P<token>\b1000\.)[0-9A-Za-z_-]{6,}(?:\.[0-9A-Za-z_-]+)*
      | (?P<ours>tsh_[0-9a-z]{8}_)[0-9a-z]{6,}
      | (?P<header>authorization["']?\s*[:=]\s*["']?)(?:(?:zoho-oauthtoken|bearer|token|basic)\s+)?[^\s"',&]+
      | (?P<scheme>zoho-oauthtoken\s+)[^\s"',&]+
      | (?P<name>(?:client_secret|refresh_token|access_token|secret_key|encryption_keys|password|webhook_secret)
          ["']?\s*[:=]\s*["']?)[^\s"',&]+
      | (?P<user>://[^\s:/@]+:)[^\s/@]+(?=@)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_plain = logging.Formatter()


def mask_secrets(text: str) -> str:
    """The text with `***` wherever a token, a password or an Authorization header stood."""
    return _SECRETS.sub(lambda match: match[match.lastgroup or 0] + "***", text)


class SecretFilter(logging.Filter):
    """Masks message and traceback of every record that passes a handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except (TypeError, ValueError):  # arguments that do not fit must not stop the one who logs
            message = f"{record.msg} {record.args}"
        record.msg, record.args = mask_secrets(message), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _plain.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = mask_secrets(record.exc_text)
        return True
