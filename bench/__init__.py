"""`make bench`: what a sync costs, beside a floor that does the least that could be called the same.

docs/benchmarks.md says how it is measured, and what it was.
"""
