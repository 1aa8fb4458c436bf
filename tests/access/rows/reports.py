"""Reports: every role sees them, operators take files out; by page and by program."""

from __future__ import annotations

from inventory.reports import registry
from tests.access.matrix import Row
from tests.access.pages import EVERYBODY, REPAIRERS, both, to

ONE = "admin/reports/<slug:key>/"
SOME = "/admin/reports/receivables/"

ROWS = [
    Row("api/v1/reports/", "GET", "401 403 200 200 200 200"),  # those that one may see, be it none
    *(Row(f"api/v1/reports/{report.key}/", "GET", "401 403 403 200 200 200") for report in registry.every()),
    *both("admin/reports/", to(EVERYBODY), to(EVERYBODY, 405)),
    *(Row(ONE, "GET", to(EVERYBODY), path=f"/admin/reports/{report.key}/") for report in registry.every()),
    Row(ONE, "POST", to(EVERYBODY, 302), path=SOME),
    *both(f"{ONE}live/", to(EVERYBODY), to(EVERYBODY, 405), path=f"{SOME}live/"),
    *both(f"{ONE}export/<str:form>/", to(REPAIRERS, 405), to(REPAIRERS), path=f"{SOME}export/csv/"),
]
