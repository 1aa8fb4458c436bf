"""What a browser sees at the accounts server: the page that asks the user, and the way back to the client."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from .answers import Reply

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>body{{font:1rem/1.5 sans-serif;margin:4rem auto;max-width:32rem;padding:0 1rem}}</style>
</head><body><h1>{title}</h1>{body}</body></html>"""


def page(query: dict[str, str], wrong: str = "") -> Reply:
    """The question, with the request's own values in its form; or what is wrong with the request."""
    if wrong:
        return _html(400, _PAGE.format(title="Invalid request", body=f"<p>{escape(wrong)}</p>"))
    scopes = "".join(f"<li>{escape(scope)}</li>" for scope in query["scope"].split(","))
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in query.items()
        if name != "decision"
    )
    body = (
        f"<p>A program would like to use the data of Sandbox Electronics:</p><ul>{scopes}</ul>"
        f'<form method="get" action="/oauth/v2/auth/decide">{kept}'
        '<button name="decision" value="accept">Accept</button> '
        '<button name="decision" value="reject">Reject</button></form>'
    )
    return _html(200, _PAGE.format(title="Sandbox accounts", body=body))


def back(redirect_uri: str, values: dict[str, str]) -> Reply:
    sign = "&" if "?" in redirect_uri else "?"
    target = f"{redirect_uri}{sign}{urlencode(values)}"
    return Reply(302, b"", code=None, content_type="text/plain", headers={"Location": target})


def _html(status: int, text: str) -> Reply:
    return Reply(status, text.encode(), code=None, content_type="text/html;charset=UTF-8")
