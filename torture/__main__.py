from __future__ import annotations

import signal
import sys

from .commandline import main

signal.signal(
    signal.SIGTERM, lambda *_: sys.exit(143)
)  # by way of every `finally`: processes are ended there
try:
    sys.exit(main(sys.argv[1:]))
except KeyboardInterrupt:
    sys.exit(130)
