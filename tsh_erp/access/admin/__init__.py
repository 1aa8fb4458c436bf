"""Tokens, users and groups in the admin."""

from . import people, tokens

__all__ = ["people", "tokens"]
