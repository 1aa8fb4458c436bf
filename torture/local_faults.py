"""What happens to our own processes, their database and their machine."""

from __future__ import annotations
