"""The pages of the integrity desk: the desk itself, what was found, each finding, and each check."""

from . import findings

__all__ = ["findings"]
