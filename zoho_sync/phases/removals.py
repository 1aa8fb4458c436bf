"""After a complete listing: what was not in it. Each is asked for; only a 404 with code 1002 proves it gone."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import NotFound, Refused, SyncError, UnknownPath
from ..loader import allowance, missing_ids
from ..processors.base import Kind
from ..sentences import sentence as _
from ..work import Page, Work
from ..zoho import clock
from ..zoho.client import ZohoClient

_CHUNK = 10  # answers stored together


class TooManyMissing(SyncError):
    """More rows would vanish than one believes without a person."""

    def __init__(self, missing: int, live: int):
        self.missing, self.live = missing, live
        super().__init__(
            _(
                "%(missing)s of %(live)s rows were not in Zoho's listing. Nothing was removed. Approve the run if that "
                "is true (each will be asked for once more), reject it if the listing was short."
            )
            % {"missing": f"{missing:,}", "live": f"{live:,}"}
        )


def confirmed(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Ask for every missing record. Raises TooManyMissing above max(10 rows, 5 %), unless a person has approved."""
    ids = missing_ids(work)
    if not work.is_approved:
        live = work.processor.model.objects.live().filter(organization=work.organization).count()
        if len(ids) > allowance(live):
            raise TooManyMissing(len(ids), live)
    if at.get("last") in ids:
        ids = ids[ids.index(at["last"]) + 1 :]
    for number, start in enumerate(range(0, len(ids), _CHUNK), start=1):
        yield _ask(work, client, number, ids[start : start + _CHUNK])


def _ask(work: Work, client: ZohoClient, number: int, ids: list[str]) -> Page:
    """One page of answers: what is gone, and the details of what was only missing from the listing."""
    asked_at, there_at = clock.now(), None
    rows: list[bytes] = []
    gone: list[str] = []
    doubtful: list[str] = []
    unknown: list[tuple[str, str]] = []
    for external_id in ids:
        try:
            envelope = client.get(f"{work.processor.path}/{external_id}")
        except NotFound:
            gone.append(external_id)
        except (UnknownPath, Refused) as error:
            if isinstance(error, UnknownPath) and not work.processor.paged:
                doubtful.append(external_id)  # not every organisation has a call for one location
            else:
                reason = _("not in the listing, and Zoho could not say whether it is gone: %(problem)s")
                unknown.append((external_id, reason % {"problem": error}))
        else:
            rows.append(envelope.row(work.processor.detail_key))
            there_at = there_at or client.there_at
    return Page(
        number, rows, Kind.DETAIL, asked_at, {"last": ids[-1]},
        missing=tuple(unknown), gone=tuple(gone), doubtful=tuple(doubtful), there_at=there_at,
    )  # fmt: skip
