"""Is it alive, and is it fit for work? Computed from what happened; where nothing did, it is unknown."""

from .findings import Finding, Health, worst
from .probes import PROBES, VITAL, Probe, examine
from .serving import probe_database, probe_tables

__all__ = [
    "PROBES",
    "VITAL",
    "Finding",
    "Health",
    "Probe",
    "examine",
    "probe_database",
    "probe_tables",
    "worst",
]
