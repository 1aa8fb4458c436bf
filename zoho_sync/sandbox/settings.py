"""What can be set on a running sandbox, with the values it starts with."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

from .shapes.kinds import DOCUMENTS

_CHOICES = {
    "minute_code": (44, 43),
    "token_throttle": ("denied", "too_many_requests"),
    "item_filter": ("honoured", "ignored", "refused"),
    "contact_filter": ("honoured", "ignored", "refused"),
    "item_sort": ("honoured", "ignored", "refused"),
    "contact_sort": ("honoured", "ignored", "refused"),
    "document_columns": ("refused", "ignored"),
    "document_amounts": ("mixed", "numbers", "text"),
    "document_row_times": ("documented", "always"),
    "group_root": ("", "item_group"),
    "data_center": ("us", "eu", "in", "au", "jp", "ca", "cn", "sa", "uk"),
}
_HABITS = ("honoured", "ignored", "refused")
_LISTS = (*DOCUMENTS, "itemgroups", "compositeitems")
_OPTIONAL = {"calls_per_minute", "calls_per_day", "concurrency"}


@dataclass(slots=True)
class Settings:
    """Limits and habits. None for one of the three limits means there is none.

    calls_per_minute, calls_per_day, concurrency: per organisation, refused with 44 (or 43), 45, 1070.
    window_seconds: length of the rolling window that "per minute" means; shorter in tests.
    minute_code: 44, or its undocumented sister 43.
    latency_ms: added to every answer.
    retry_after, rate_headers: send Retry-After with a 429; X-Rate-Limit-* always. Zoho documents neither.
    max_item_ids: most ids in one /itemdetails or /items/pricebookrate call.
    locations_enabled: False makes /locations fail, /warehouses work, and details say warehouse.
    pricebooks_enabled: False makes every price list path a 404 with code 5.
    item_filter, contact_filter: what last_modified_time does on the list.
    item_sort, contact_sort: what sort_column=last_modified_time does on the list; ignored is sorted as by default.
    document_filters, document_sorts: what last_modified_time, and sorting by it, do on lists of documents, where that
        is not as zoho-api.md 6 has it: {"invoices": "honoured", "books/bills": "ignored", "*": "refused"}; the most
        exact name counts.
    document_parameters: likewise for every other parameter but page and per_page.
    document_columns: what becomes of any other column that a list cannot be sorted by.
    document_amounts: how list rows write amounts; mixed is every second row as text.
    document_row_times: always gives created_time and last_modified_time to the rows that have none by the contract.
    group_root: the root of an item group by id; "" tells its keys without any, as the contract shows.
    data_center: the `location` that the consent page sends along. accounts_server: likewise, "" is the sandbox itself.
    gzip: compress answers for clients that accept it.
    expires_in: life of an access token, seconds.
    token_throttle: how the eleventh token is refused, "denied" (HTTP 200) or "too_many_requests" (HTTP 400).
    tokens_per_ten_minutes, live_tokens: per refresh token.
    webhook_retries, webhook_spacing_seconds: more tries after the first, and the time between two.
    webhook_connect_seconds, webhook_read_seconds: patience with whoever receives.
    webhook_delay_ms: from the change to its webhook. webhook_copies: 2 sends each twice, 0 loses it.
    """

    calls_per_minute: int | None = 100
    calls_per_day: int | None = 10_000
    concurrency: int | None = 10
    window_seconds: float = 60.0
    minute_code: int = 44
    latency_ms: float = 0.0
    retry_after: bool = False
    rate_headers: bool = False
    max_item_ids: int = 200
    locations_enabled: bool = True
    pricebooks_enabled: bool = True
    item_filter: str = "honoured"
    contact_filter: str = "ignored"
    item_sort: str = "honoured"
    contact_sort: str = "honoured"
    document_filters: dict[str, str] = field(default_factory=dict)
    document_sorts: dict[str, str] = field(default_factory=dict)
    document_parameters: dict[str, str] = field(default_factory=dict)
    document_columns: str = "refused"
    document_amounts: str = "mixed"
    document_row_times: str = "documented"
    group_root: str = ""
    data_center: str = "us"
    accounts_server: str = ""
    gzip: bool = False
    expires_in: int = 3_600
    token_throttle: str = "denied"  # noqa: S105  a habit, no secret
    tokens_per_ten_minutes: int = 10
    live_tokens: int = 15
    webhook_retries: int = 5
    webhook_spacing_seconds: float = 30.0
    webhook_connect_seconds: float = 5.0
    webhook_read_seconds: float = 10.0
    webhook_delay_ms: float = 0.0
    webhook_copies: int = 1

    def update(self, **values: Any) -> None:
        """Set several at once; ValueError, and nothing set, when one is unknown or out of its range."""
        known = {each.name: type(getattr(self, each.name)) for each in fields(Settings)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"There is no setting {name!r}; there are {', '.join(sorted(known))}.")
            self._check(name, known[name], value)
        for name, value in values.items():
            setattr(self, name, value)

    @staticmethod
    def _check(name: str, kind: type, value: Any) -> None:
        if name in _CHOICES:
            if value not in _CHOICES[name]:
                raise ValueError(
                    f"{name} must be one of {', '.join(map(str, _CHOICES[name]))}, not {value!r}."
                )
        elif kind is dict:
            _check_habits(name, value)
        elif kind is str:
            if not isinstance(value, str):
                raise ValueError(f"{name} must be a text, not {value!r}.")
        elif kind is bool:
            if not isinstance(value, bool):
                raise ValueError(f"{name} must be true or false, not {value!r}.")
        elif value is None:
            if name not in _OPTIONAL:
                raise ValueError(f"{name} needs a value.")
        elif isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
            raise ValueError(f"{name} must be a number from 0 upwards, not {value!r}.")

    def as_dict(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


def _check_habits(name: str, value: Any) -> None:
    if not isinstance(value, dict) or not all(one in _HABITS for one in value.values()):
        raise ValueError(f"{name} must be an object of {', '.join(_HABITS)}, not {value!r}.")
    for key in value:
        api, _, kind = key.rpartition("/")
        if key != "*" and (api not in ("", "inventory", "books") or kind not in _LISTS):
            raise ValueError(f"{name} knows no list {key!r}; there are {', '.join(_LISTS)}.")
