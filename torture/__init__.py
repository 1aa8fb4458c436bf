"""Real processes under a seeded business and a seeded schedule of faults, and what must hold after it.

See docs/torture.md; `python -m torture --help` tells the options.
"""
