"""`make supply`: what the packages that we stand on are. Never takes longer than two minutes.

    python -m tests.supply [--must-look-up]

Licences against our list, known weaknesses (pip-audit), and a list of the product's packages for others to read
(build/sbom.json, CycloneDX). A network that is away makes nothing red, but is told loudly; with --must-look-up it does.
The tools lie in a folder of their own below build/, so that they are none of our packages.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

from . import advisories, licences

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS, SBOM = ROOT / "build" / "supply", ROOT / "build" / "sbom.json"
PRODUCT, OUR_TOOLS = ROOT / "requirements.txt", ROOT / "requirements-supply.txt"
EVERYTHING = (
    ROOT / "requirements-browser.txt",
    OUR_TOOLS,
)  # which holds those of the product and of the tests
MOST_SECONDS, FOR_THE_REST = 115, 25  # in all, and of that what installing the tools leaves to the others
_BEGAN = time.monotonic()


def main(options: list[str]) -> int:
    must = "--must-look-up" in options
    is_good = judge_licences()
    if make_tools():
        is_good = write_list() and is_good
        is_good = look_up(must=must) and is_good
    else:
        say("list of packages: not written, as its tool is not here")
        is_good = tell_not_looked_up("the tools could not be installed in time", must=must) and is_good
    return 0 if is_good else 1


def left() -> float:
    return max(1.0, MOST_SECONDS - (time.monotonic() - _BEGAN))


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(TOOLS)}


def make_tools() -> bool:
    mark, wanted = TOOLS / "made-of", hashlib.sha256(OUR_TOOLS.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == wanted:
        return True
    shutil.rmtree(TOOLS, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    words = [*pip, "--target", str(TOOLS), "--require-hashes", "-r", str(OUR_TOOLS)]
    try:
        subprocess.run(words, check=True, timeout=left() - FOR_THE_REST, stderr=subprocess.DEVNULL)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return False
    mark.write_text(wanted)
    return True


def look_up(*, must: bool) -> bool:
    answers = {file: advisories.ask(file, left(), environment()) for file in EVERYTHING}
    weak = sorted({each for answer in answers.values() for each in answer.weak})
    for each in weak:
        say(f"  {each}")
    is_good = not weak
    for file, answer in answers.items():
        if not answer.was_looked_up:
            why = answer.trouble or f"nothing is known of {len(answer.unknown)} of {answer.asked} packages"
            is_good = tell_not_looked_up(f"{file.name}: {why}", must=must) and is_good
    asked = sum(answer.asked - len(answer.unknown) for answer in answers.values())
    told = f"{len(weak)} known, of {asked} packages looked up" if asked else "not looked up"
    say(f"weaknesses: {told}{'' if is_good else ': FAILED'}")
    return is_good


def tell_not_looked_up(why: str, *, must: bool) -> bool:
    line = "!" * 100
    say(
        f"{line}\nNOT LOOKED UP: {why}.\nSo nobody knows whether these packages have known weaknesses.\n{line}"
    )
    return not must


def judge_licences() -> bool:
    try:
        found = list(licences.packages(PRODUCT))
    except metadata.PackageNotFoundError as error:
        say(f"licences: {error.name} is not installed; run `make setup`: FAILED")
        return False
    for each in found:
        mark = "" if each.is_allowed else "  <- NOT ALLOWED"
        say(f"  {each.name} {each.version}: {each.licence or 'tells none'}{mark}")
    is_good = all(each.is_allowed for each in found)
    say(f"licences: {len(found)} packages of the product: {'ok' if is_good else 'FAILED'}")
    return is_good


def write_list() -> bool:
    words = [
        sys.executable, "-m", "cyclonedx_py", "requirements", str(PRODUCT), "--output-format", "JSON",
        "--output-reproducible", "--output-file", str(SBOM),
    ]  # fmt: skip
    try:
        subprocess.run(
            words, check=True, timeout=left(), cwd=ROOT, env=environment(), stderr=subprocess.DEVNULL
        )
        count = len(json.loads(SBOM.read_text())["components"])
    except (subprocess.SubprocessError, OSError, ValueError, KeyError):
        say("list of packages: FAILED")
        return False
    say(f"list of packages: {count} in {os.path.relpath(SBOM, ROOT)}")
    return True


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
