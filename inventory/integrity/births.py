"""New findings, many at once. A first round may write a hundred thousand, and Django's own way makes a statement and an
object of each: that takes four times as long."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from django.db import connections, router

from ..models import Finding, Organization
from ..searching import lines
from .base import Check, Digests, Fact

_COLUMNS = (
    "organization_id", "check_key", "severity", "subject_kind", "subject_key", "subject_id", "label", "code", "facts",
    "digest", "material", "state", "state_before", "owner_id", "reason", "until", "decided_by_id", "decided_at",
    "decided_material", "first_seen_at", "opened_at", "last_seen_at", "closed_at", "reopened_count", "search_text",
)  # fmt: skip


def insert(check: Check, organization: Organization, facts: Iterable[Fact], now: datetime) -> None:
    """Each is open since now."""
    connection = connections[router.db_for_write(Finding)]
    at = connection.ops.adapt_datetimefield_value(now)
    severity, company = str(check.severity), organization.pk
    rows = []
    for fact in facts:
        digests = Digests(check, fact)
        label, code = fact.label[:500], fact.code[:255]
        rows.append(
            (
                company, check.key, severity, fact.kind, fact.key, fact.row, label, code,
                json.dumps(fact.facts), digests.whole, digests.material, str(Finding.State.OPEN), "", None, "", None,
                None, None, "", at, at, at, None, 0, lines((code, label)),
            )
        )  # fmt: skip
    names, places = ", ".join(_COLUMNS), ", ".join(["%s"] * len(_COLUMNS))
    sql = f"INSERT INTO {Finding._meta.db_table} ({names}) VALUES ({places})"  # noqa: S608 (our own names)
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
