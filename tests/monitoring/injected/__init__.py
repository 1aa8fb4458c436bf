"""Faults injected for real: whoever has to know is told in time, once, and of the end as well."""
