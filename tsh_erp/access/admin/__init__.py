"""Tokens, users, groups and login locks in the admin."""

from . import locks, people, tokens

__all__ = ["locks", "people", "tokens"]
