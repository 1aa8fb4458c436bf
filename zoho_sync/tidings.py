"""What a page that is committed has to tell its watchers."""

from __future__ import annotations

from .models import SyncRun
from .signals import PageCounts, PageEvent, page_counted, page_loaded, tell, write_rows
from .work import Tally


def tell_of_page(run: SyncRun, tally: Tally) -> None:
    """Its figures always; that records have changed, where any has. Not for dry runs, which change nothing."""
    if tally.created or tally.updated or tally.removed:
        event = PageEvent(
            "tds.zoho.entity.synced", run.organization_id, run.pk, run.entity,
            tally.created, tally.updated, tally.removed,
        )  # fmt: skip
        # With the page itself, which is being committed: neither stands without the other.
        write_rows([event])
        tell(page_loaded, event, keep=False)
    figures = {name: getattr(tally, name) for name in PageCounts.RESULTS}
    counted = PageCounts("tds.zoho.page.counted", run.organization_id, run.entity, figures)
    tell(page_counted, counted, keep=False)
