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


django.setup(set_prefix=False)
application = Handler()
