"""Whether a known weakness of a package was published, as PyPI's advisories tell by pip-audit.

pip-audit says "no known vulnerabilities" too when it found none of the packages, as behind a mirror; so what it could
not look up is counted here, and only a package that was found counts as looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Answer:
    """weak: "name version: id, mended in …". unknown: names of packages that nobody could tell anything about."""

    asked: int = 0
    weak: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    trouble: str = ""

    @property
    def was_looked_up(self) -> bool:
        return self.asked > 0 and not self.unknown and not self.trouble


def ask(file: Path, seconds: float, environment: dict[str, str]) -> Answer:
    """seconds: how long it may take. environment: in which Python finds pip-audit."""
    words = [
        sys.executable, "-m", "pip_audit", "-r", str(file), "--disable-pip", "--require-hashes", "--format", "json",
        "--timeout", "10", "--progress-spinner", "off",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=seconds, check=False, env=environment
        )
    except subprocess.TimeoutExpired:
        return Answer(trouble=f"no answer within {seconds:.0f} seconds")
    return read(done.stdout, done.stderr)


def read(told: str, errors: str = "") -> Answer:
    """told: pip-audit's JSON, or nothing when it could not go on; then the last line of `errors` says why."""
    try:
        packages = json.loads(told)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Answer(trouble=_last_line(errors.splitlines()) or "pip-audit gave no answer")
    found = Answer(asked=len(packages))
    for each in packages:
        if "skip_reason" in each:
            found.unknown.append(each["name"])
        for weakness in each.get("vulns", ()):
            mended = ", ".join(weakness.get("fix_versions", ())) or "no version yet"
            found.weak.append(f"{each['name']} {each['version']}: {weakness['id']}, mended in {mended}")
    return found


def _last_line(lines: Sequence[str]) -> str:
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")
