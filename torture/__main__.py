from __future__ import annotations

import sys

from .commandline import main

try:
    sys.exit(main(sys.argv[1:]))
except KeyboardInterrupt:  # everything has been ended on the way here
    sys.exit(130)
