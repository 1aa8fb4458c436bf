"""What a page that is committed has to tell its watchers."""

from __future__ import annotations

from .models import SyncRun
from .signals import PageCounts, PageEvent, page_counted, page_loaded, tell
from .work import Tally


def news_of(run: SyncRun, tally: Tally) -> PageEvent | None:
    """That records have changed, where any has. Not in dry runs, which change nothing."""
    if run.is_dry or not (tally.created or tally.updated or tally.removed):
        return None
    return PageEvent(
        "tds.zoho.entity.synced", run.organization_id, run.pk, run.entity,
        tally.created, tally.updated, max(0, tally.removed),
    )  # fmt: skip


def tell_of_page(run: SyncRun, tally: Tally, news: PageEvent | None) -> None:
    """Tell it once the page has committed, and its figures always. The row of the news is written with the page itself:
    neither stands without the other."""
    if run.is_dry:
        return
    if news is not None:
        tell(page_loaded, news, keep=False)
    # Fewer than none are removed where a run takes back what it has removed: counters only rise.
    figures = {name: max(0, getattr(tally, name)) for name in PageCounts.RESULTS}
    counted = PageCounts("tds.zoho.page.counted", run.organization_id, run.entity, figures)
    tell(page_counted, counted, keep=False)
