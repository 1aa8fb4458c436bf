"""`python -m tests.right_to_left`: mirrors the skin's compiled stylesheet with rtlcss (npm) into our static file.

Run it after every upgrade of the skin; a test says when that was forgotten. Needs node and npm; the result is kept in
the repository, so that nobody else does.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

SOURCE = Path(find_spec("unfold").origin).parent / "static" / "unfold" / "css" / "styles.css"
TARGET = Path(__file__).resolve().parent.parent / "static" / "tsh" / "unfold.rtl.css"
RTLCSS = "rtlcss@4.3.0"
MARK = "/* mirrored by rtlcss from a file with the SHA-256 "


def fingerprint() -> str:
    """Of the stylesheet that the installed skin brings."""
    return hashlib.sha256(SOURCE.read_bytes()).hexdigest()


def main() -> int:
    npx = shutil.which("npx")
    if npx is None:
        sys.stderr.write("npx is not installed. Install node and npm, then try again.\n")
        return 1
    made = subprocess.run([npx, "--yes", RTLCSS, str(SOURCE), str(TARGET)], check=False)
    if made.returncode:
        sys.stderr.write("rtlcss could not mirror the stylesheet; what it said stands above.\n")
        return 1
    TARGET.write_text(f"{MARK}{fingerprint()} */\n{TARGET.read_text(encoding='utf-8')}", encoding="utf-8")
    sys.stdout.write(f"{TARGET.name} is mirrored anew\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
