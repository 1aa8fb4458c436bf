"""Filters in the words of those who ask: has it a code, is it in stock, what has no price, what changed today."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Product, ProductPicture, StockLevel


class WordFilter(ABC, admin.SimpleListFilter):
    @abstractmethod
    def get_choices(self) -> list[tuple[str, str, Q]]:
        """(value, words, condition) of each."""

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, words) for value, words, _condition in self.get_choices()]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        for value, _words, condition in self.get_choices():
            if value == self.value():
                return queryset.filter(condition)
        return queryset


class SkuFilter(WordFilter):
    title = gettext_lazy("SKU")
    parameter_name = "has_sku"

    def get_choices(self) -> list[tuple[str, str, Q]]:
        # By its length: an index of codes would find those without one, and sort half of the table then.
        has_none = Exact(Length("sku"), 0)
        return [("yes", _("Has a SKU"), ~Q(has_none)), ("no", _("Has no SKU"), Q(has_none))]


class StockFilter(WordFilter):
    title = gettext_lazy("stock")
    parameter_name = "stock"

    def get_choices(self) -> list[tuple[str, str, Q]]:
        # Of each product that the list comes by, so that the first page need not know of all the others.
        levels = StockLevel.objects.live().filter(product=OuterRef("pk")).order_by()
        selling = levels.filter(warehouse__sells=True, warehouse__removed_at__isnull=True)
        some = Q(Exists(selling.filter(available_for_sale__gt=0)))
        below = Q(Exists(levels.filter(on_hand__lt=0)))
        unknown = Q(Exists(selling.filter(available_for_sale__isnull=True)))
        return [
            ("some", _("Can be sold now"), some),
            ("none", _("Nothing to sell"), ~some),
            ("negative", _("Below zero somewhere"), below),
            ("unknown", _("Not known somewhere"), unknown),
        ]


class PriceFilter(WordFilter):
    """column: where the price stands."""

    title = gettext_lazy("price")
    parameter_name = "price"
    column = "unit_price"

    def get_choices(self) -> list[tuple[str, str, Q]]:
        has_none = Q(**{f"{self.column}__isnull": True})
        return [
            ("yes", _("Has a price"), ~has_none),
            ("no", _("Without a price"), has_none),
            ("zero", _("Price of zero"), Q(**{self.column: 0})),
        ]


class RateFilter(PriceFilter):
    column = "rate"


class PictureFilter(WordFilter):
    title = gettext_lazy("picture")
    parameter_name = "picture"

    def get_choices(self) -> list[tuple[str, str, Q]]:
        # By keys, which narrow indexes tell: a product's own row is wide, and there are many to come by.
        known = ProductPicture.objects.live().order_by()
        settled = known.exclude(state=ProductPicture.State.WAITING)
        of_one = known.filter(product=OuterRef("pk")).exclude(digest="")
        named = Product.objects.live().order_by().exclude(image_name="", image_document_id="")
        is_named = Q(pk__in=named.values("pk"))
        return [
            ("here", _("Has its picture here"), Q(Exists(of_one))),
            ("waiting", _("Picture to be fetched"), is_named & ~Q(pk__in=settled.values("product"))),
            (
                "missing",
                _("Picture refused or failed"),
                Q(pk__in=settled.filter(digest="").values("product")),
            ),
            ("none", _("The source names none"), ~is_named & Q(image_name="")),
        ]


class ChangedFilter(WordFilter):
    """column: the time that is meant. Days begin at midnight here."""

    title = gettext_lazy("changed at the source")
    parameter_name = "changed"
    column = "source_modified_at"

    def get_choices(self) -> list[tuple[str, str, Q]]:
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        yesterday, week = today - timedelta(days=1), today - timedelta(days=6)
        return [
            ("today", _("Today"), Q(**{f"{self.column}__gte": today})),
            (
                "yesterday",
                _("Yesterday"),
                Q(**{f"{self.column}__gte": yesterday, f"{self.column}__lt": today}),
            ),
            ("week", _("In the last 7 days"), Q(**{f"{self.column}__gte": week})),
        ]


class WrittenFilter(ChangedFilter):
    title = gettext_lazy("last written")
    parameter_name = "written"
    column = "synced_at"


class OwesFilter(WordFilter):
    title = gettext_lazy("owes us")
    parameter_name = "owes"

    def get_choices(self) -> list[tuple[str, str, Q]]:
        return [
            ("yes", _("Owes us"), Q(receivable__gt=0)),
            ("no", _("Owes nothing"), Q(receivable__lte=0)),
            ("unknown", _("Not known"), Q(receivable__isnull=True)),
        ]


class PhoneFilter(WordFilter):
    title = gettext_lazy("phone")
    parameter_name = "has_phone"

    def get_choices(self) -> list[tuple[str, str, Q]]:
        has_none = Q(phone="", mobile="")
        return [("yes", _("Has a phone number"), ~has_none), ("no", _("Has no phone number"), has_none)]


class ValuesFilter(admin.AllValuesFieldListFilter):
    """The few values that a column holds, as they were some minutes ago: to find them costs a walk over the table."""

    SECONDS = 300

    def __init__(
        self, field: Any, request: Any, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        rows = model._default_manager.order_by(field.name).values_list(field.name, flat=True).distinct()
        key = f"values-of-{field}"
        self.lookup_choices: Any = cache.get_or_set(key, lambda: list(rows[:50]), self.SECONDS)
