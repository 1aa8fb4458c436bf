from __future__ import annotations

import sys

from .commandline import main

sys.exit(main(sys.argv[1:]))
