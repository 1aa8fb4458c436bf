"""Fetching products' pictures: which are due, what they may spend, and what becomes of an answer."""

from django.utils.translation import gettext_noop

NAMES_NONE = gettext_noop("Zoho names no picture of this product any more")
