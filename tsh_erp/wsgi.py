"""The web application, as gunicorn loads it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsh_erp.settings")

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest


class Request(WSGIRequest):
    def _set_content_type_params(self, meta):
        """A `charset` that names no encoding of text ends Django 5.2 before any middleware runs; it counts as none."""
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
        except LookupError:
            self._encoding = None


class Handler(WSGIHandler):
    request_class = Request


def _load() -> Handler:
    """All that a request needs is there before the first one, and the collector of cycles need not look at it again.

    An answer makes thousands of objects that die by themselves; the passes that they provoked cost a tenth of a page.
    """
    from django.urls import get_resolver

    from zoho_sync.collector import let_collector_rest

    django.setup(set_prefix=False)
    handler = Handler()
    _patterns = get_resolver().url_patterns  # imports every view
    let_collector_rest()
    return handler


application = _load()
