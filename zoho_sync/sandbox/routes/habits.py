"""Which parameters each list of documents obeys, and which it takes without a word and forgets.

Sources: zoho-api.md 6 and 9, and the contract's parameters. What is set (document_filters, document_sorts,
document_parameters) goes before what is written here.
"""

from __future__ import annotations

from ..answers import Request

# Lists that look at last_modified_time. All others answer 200 and everything.
_FILTERED = {
    "inventory": ("vendorcredits", "compositeitems"),
    "books": ("invoices", "salesorders", "purchaseorders", "bills", "vendorcredits", "compositeitems"),
}
# Lists that can be sorted by it.
_SORTED = {
    "inventory": ("packages", "transferorders", "vendorcredits", "compositeitems"),
    "books": ("salesorders", "packages", "transferorders", "vendorcredits", "compositeitems"),
}
# Lists that obey nothing but page and per_page.
_PAGED_ONLY = {
    "inventory": ("salesreturns", "bills", "itemgroups"),
    "books": ("salesreturns", "itemgroups"),
}
_BY_STATUS = ("invoices", "creditnotes", "bills", "salesorders", "purchaseorders", "vendorcredits")
_BY_DATE = {
    "inventory": ("invoices", "packages", "transferorders", "salesorders"),
    "books": (
        "invoices",
        "packages",
        "transferorders",
        "salesorders",
        "bills",
        "purchaseorders",
        "creditnotes",
        "customerpayments",
        "vendorcredits",
    ),
}


def modified_filter(request: Request, kind: str) -> str:
    """honoured, ignored or refused, as for the two below."""
    told = _told(request, kind, request.settings.document_filters)
    return told or _usual(kind in _FILTERED[request.api])


def modified_sort(request: Request, kind: str) -> str:
    told = _told(request, kind, request.settings.document_sorts)
    return told or ("honoured" if kind in _SORTED[request.api] else request.settings.document_columns)


def parameters(request: Request, kind: str) -> str:
    """Every parameter besides paging and time of change."""
    told = _told(request, kind, request.settings.document_parameters)
    return told or _usual(kind not in _PAGED_ONLY[request.api])


def knows_status(request: Request, kind: str) -> bool:
    """Does the list look at filter_by?"""
    return kind in _BY_STATUS or _is_told(request, kind)


def knows_dates(request: Request, kind: str) -> bool:
    """Does the list look at date_start and date_end?"""
    return kind in _BY_DATE[request.api] or _is_told(request, kind)


def _is_told(request: Request, kind: str) -> bool:
    return _told(request, kind, request.settings.document_parameters) == "honoured"


def _usual(is_known: bool) -> str:
    return "honoured" if is_known else "ignored"


def _told(request: Request, kind: str, habits: dict[str, str]) -> str:
    return habits.get(f"{request.api}/{kind}") or habits.get(kind) or habits.get("*") or ""
