"""Under which licences the product's packages come, and whether we may ship them.

A package tells its licence as an SPDX expression, as classifiers, or in a free word; the first of these that is there
counts. What cannot be read is refused: somebody looks at it, and adds it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "HPND", "ISC", "MIT", "MIT-0", "MIT-CMU",
    "PSF-2.0", "Python-2.0", "Unlicense", "Zlib",
}  # fmt: skip
# Used as they come, as libraries of their own that anybody may replace; that is all these licences ask.
FURTHER = {
    "psycopg": {"LGPL-3.0-only"},
    "psycopg-binary": {"LGPL-3.0-only"},
    "psycopg-pool": {"LGPL-3.0-only"},
    "certifi": {"MPL-2.0"},
    "orjson": {"MPL-2.0"},
}
WORDS = {  # of classifiers and free words
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


@dataclass(frozen=True)
class Package:
    """licence: "" when it tells none."""

    name: str
    version: str
    licence: str

    @property
    def is_allowed(self) -> bool:
        return allows(self.licence, PERMISSIVE | FURTHER.get(self.name, set()))


def allows(expression: str, known: set[str]) -> bool:
    """OR: one of them is enough; AND: all must be. Raises nothing: what cannot be read is not allowed."""
    tokens = re.findall(r"\(|\)|[^()\s]+", expression)
    try:
        verdict = _either(tokens, known)
    except IndexError:
        return False
    return verdict and not tokens


def _either(tokens: list[str], known: set[str]) -> bool:
    verdict = _both(tokens, known)
    while tokens and tokens[0] == "OR":
        tokens.pop(0)
        other = _both(tokens, known)
        verdict = verdict or other
    return verdict


def _both(tokens: list[str], known: set[str]) -> bool:
    verdict = _one(tokens, known)
    while tokens and tokens[0] == "AND":
        tokens.pop(0)
        other = _one(tokens, known)
        verdict = verdict and other
    return verdict


def _one(tokens: list[str], known: set[str]) -> bool:
    token = tokens.pop(0)
    if token != "(":
        return token in known
    verdict = _either(tokens, known)
    return tokens.pop(0) == ")" and verdict


def pinned(file: Path) -> Iterator[Requirement]:
    """Those that this Python needs."""
    for line in file.read_text().splitlines():
        if line and line[0].isalnum():
            requirement = Requirement(line.removesuffix("\\").strip())
            if requirement.marker is None or requirement.marker.evaluate():
                yield requirement


def packages(file: Path) -> Iterator[Package]:
    """As they are installed here. Raises metadata.PackageNotFoundError."""
    for requirement in pinned(file):
        told: Any = metadata.metadata(requirement.name)
        yield Package(requirement.name, told["Version"], licence_of(told))


def licence_of(told: Any) -> str:
    if expression := told.get("License-Expression"):
        return expression
    classifiers = [each.split(" :: ") for each in told.get_all("Classifier") or ()]
    if found := [each[-1] for each in classifiers if each[0] == "License" and len(each) > 2]:
        return " AND ".join(spdx(found))
    free = (told.get("License") or "").strip()
    return " OR ".join(spdx(free.split(" OR "))) if len(free) < 100 else ""


def spdx(words: Iterable[str]) -> list[str]:
    """A word that is not known loses its spaces, so that it stays one."""
    return [WORDS.get(word.strip(), word.strip().replace(" ", "_")) for word in words]
