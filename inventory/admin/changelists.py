"""A list's pages without counting the table: keys first, by an index alone, then the rows of the one page."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from .cells import decimal_text

MOST_COUNTED = (
    10_000  # rows; beyond it a list says "more than", for that is all that a glance at an index can tell
)
MOST_CELLS, LEAST_ROWS = 255, 15  # of a page: a cell of the skin weighs 0.7 KB, and a page at most 300 KB
VIEW = "view"  # the parameter that names the saved view which a list is looked at through


class AtLeast(int):
    """So many rows or more; says so wherever the number is shown, as in "Select all 10,000+ products"."""

    def __str__(self) -> str:
        return f"{decimal_text(MOST_COUNTED)}+"


class OpenPaginator(Paginator):
    """Knows how many rows there are at least."""

    template_name = "admin/lists/pages.html"
    is_exact = True


class QuietChangeList(ChangeList):
    """Counts no further than MOST_COUNTED; a page beyond that is still reached, by its neighbour or by its number.

    A page deep in a list costs a walk over the index that the list is ordered by, which reads no row before those that
    are shown: page 1,000 of 100,000 products takes milliseconds more than the first.
    """

    list_per_page: int
    list_max_show_all: int
    show_all: bool

    def get_filters_params(self, params: dict | None = None) -> dict:
        told = super().get_filters_params(params)
        told.pop(VIEW, None)
        return told

    def get_results(self, request: HttpRequest) -> None:
        self.list_per_page = min(self.list_per_page, max(LEAST_ROWS, MOST_CELLS // len(self.list_display)))
        self.list_max_show_all = min(self.list_max_show_all, self.list_per_page)
        size = self.list_max_show_all if self.show_all else self.list_per_page
        start = 0 if self.show_all else (self.page_num - 1) * size
        if start < 0:
            raise IncorrectLookupParameters
        keys = list(self.queryset.values_list("pk", flat=True)[start : start + size + 1])
        if self.show_all and len(keys) > size:
            self.show_all, size = False, self.list_per_page
        if start and not keys:
            raise IncorrectLookupParameters
        count, is_exact = self._count(start, len(keys), size)
        self.paginator: Any = OpenPaginator(self.queryset, self.list_per_page)
        self.paginator.count, self.paginator.is_exact = count, is_exact
        self.result_list = self._rows(keys[:size])
        self.result_count, self.is_exact = (count if is_exact else AtLeast(count)), is_exact
        self.full_result_count = None if self.query or self.has_active_filters else count
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = count <= self.list_max_show_all
        self.multi_page = count > self.list_per_page

    def _count(self, start: int, found: int, size: int) -> tuple[int, bool]:
        """(how many rows there are at least, whether there are no more)."""
        if found <= size:
            return start + found, True
        counted = self.countable().values("pk")[: MOST_COUNTED + 1].count()
        if counted <= MOST_COUNTED:
            return counted, True
        return max(MOST_COUNTED, start + found), False

    def countable(self) -> QuerySet:
        """The rows in whatever order they are counted soonest."""
        return self.queryset.order_by()

    def size_in_words(self) -> str:
        """ "240 products", or "More than 10,000 products"."""
        count, opts = self.result_count, self.opts
        figures = {
            "count": decimal_text(count if self.is_exact else MOST_COUNTED),
            "rows": opts.verbose_name if count == 1 else opts.verbose_name_plural,
        }
        return (_("%(count)s %(rows)s") if self.is_exact else _("More than %(count)s %(rows)s")) % figures

    def _rows(self, keys: list[Any]) -> list[Any]:
        rows = self.root_queryset
        if not rows.query.select_related:
            rows = self.apply_select_related(rows)
        found = {row.pk: row for row in rows.filter(pk__in=keys).order_by()}
        return [found[key] for key in keys if key in found]
