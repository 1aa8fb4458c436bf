"""Facts that wait to be written lie in a file, so that a check that finds much takes no more memory than another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from tempfile import SpooledTemporaryFile

from .base import Fact

IN_MEMORY = 4_000_000  # bytes


class Spool:
    """Use as a context; what is put in comes out once, in order."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (closed by __exit__)
        self.count = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def put(self, fact: Fact) -> None:
        told = [fact.key, fact.facts, fact.kind, fact.row, fact.label, fact.code]
        self._file.write(json.dumps(told).encode() + b"\n")
        self.count += 1

    def batches(self, size: int) -> Iterator[list[Fact]]:
        self._file.seek(0)
        lines = iter(self._file)
        while batch := [Fact(*json.loads(line)) for line in islice(lines, size)]:
            yield batch
