"""What the search over everything finds in the catalogue, and the plain values of which any find is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from ..models import (
    Adjustment,
    Bill,
    CreditNote,
    Customer,
    CustomerPayment,
    Invoice,
    Package,
    PriceList,
    Product,
    PurchaseOrder,
    SalesOrder,
    SalesReturn,
    TransferOrder,
    Vendor,
    VendorCredit,
    Warehouse,
)
from ..searching import LINE, MANY, folded, holding, narrowed, words_of
from . import cells
from .pictures import OF_A_PRODUCT, thumbnail

MOST = 5  # of a kind; the kind's own list shows the others
LONGEST_NUMBER = 18  # digits; a key of ours has no more
ARTICLE = "\u0627\u0644"  # of Arabic, joined to its noun

KINDS: Sequence[tuple[Any, str]] = (
    (Product, "inventory_2"),
    (Customer, "group"),
    (Invoice, "receipt_long"),
    (SalesOrder, "shopping_cart"),
    (CustomerPayment, "account_balance_wallet"),
    (CreditNote, "undo"),
    (Package, "package_2"),
    (SalesReturn, "assignment_return"),
    (Vendor, "storefront"),
    (PurchaseOrder, "add_shopping_cart"),
    (Bill, "request_quote"),
    (VendorCredit, "redo"),
    (Adjustment, "tune"),
    (TransferOrder, "local_shipping"),
    (PriceList, "sell"),
    (Warehouse, "warehouse"),
)

May = Callable[[str], bool]


@dataclass(frozen=True)
class Asked:
    """What somebody typed. Raises TooManyWords when it is read as `words`."""

    typed: str

    @cached_property
    def words(self) -> list[str]:
        """Folded, as everything that is searched is."""
        return words_of(self.typed)

    @cached_property
    def number(self) -> int | None:
        """Of "118", "#118" and "run #118": the one word that is a number of ours."""
        found = [word.lstrip("#") for word in self.words]
        numbers = [word for word in found if word.isdecimal() and len(word) <= LONGEST_NUMBER]
        return int(numbers[0]) if len(numbers) == 1 else None

    @cached_property
    def names(self) -> list[str]:
        """The words beside the number."""
        return [word for word in self.words if not word.lstrip("#").isdecimal()]

    def is_about(self, *names: object) -> bool:
        """Is every word beside the number one of these names?"""
        known = {word for name in names for word in folded(str(name)).split()}
        return all(name in known or f"{ARTICLE}{name}" in known for name in self.names)


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that was found. code: an id or number, read left to right. note: text beside it. mark: a tag.
    picture: a small one in place of the kind's icon."""

    title: object
    url: str
    code: object = ""
    note: object = ""
    mark: object = ""
    picture: object = ""
    is_exact: bool = False


@dataclass(frozen=True, kw_only=True)
class Found:
    """Hits of one kind. icon: of the skin's font. more_url: the list that shows all of them; "" when these are all."""

    kind: str
    name: str
    icon: str
    hits: Sequence[Hit]
    more_url: str = ""
    has_exact: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "has_exact", any(hit.is_exact for hit in self.hits))


def mirrored(may: May, asked: Asked) -> Iterator[Found]:
    """Records and documents, each kind for those who may see them; three queries a kind."""
    for model, icon in KINDS:
        name = model._meta.model_name
        if may(f"inventory.view_{name}"):
            found, there_is_more = rows_of(model, asked.words)
            address = reverse(f"admin:inventory_{name}_changelist")
            if found:
                yield Found(
                    kind=str(name),
                    name=str(model._meta.verbose_name_plural),
                    icon=icon,
                    hits=[hit_of(row, is_exact) for row, is_exact in found],
                    more_url=f"{address}?{urlencode({'q': asked.typed})}" if there_is_more else "",
                )


def rows_of(model: Any, words: Sequence[str]) -> tuple[list[tuple[Any, bool]], bool]:
    """([(row, whether the one word is its whole code or name)], whether there are more).

    What has left the source is found by a whole code only.
    """
    if not words:
        return [], False
    everything = model._default_manager.all()
    shown = ["pk", "removed_at", *model.SEARCHED]
    if model is Product:
        everything = everything.select_related("picture")
        shown += ["image_name", "image_document_id", *OF_A_PRODUCT]
    live, keys = narrowed(everything.filter(removed_at=None), words, model)
    exact: list[Any] = []
    if len(words) == 1 and keys:
        whole = holding(everything, [f"{LINE}{words[0]}{LINE}"])
        whole = whole.filter(pk__in=keys) if len(keys) <= MANY else whole
        exact = list(whole.order_by("pk").only(*shown)[:MOST])
    known = {row.pk for row in exact}
    others = list(live.only(*shown)[: MOST + len(exact) + 1]) if set(keys) - known else []
    found = [(row, True) for row in exact] + [(row, False) for row in others if row.pk not in known]
    return found[:MOST], len(found) > MOST


def hit_of(row: Any, is_exact: bool) -> Hit:
    name = row._meta.model_name
    codes = [getattr(row, column) for column in row.SEARCHED if column not in ("name", "company_name")]
    company = getattr(row, "company_name", "")
    return Hit(
        title=str(row),
        url=reverse(f"admin:inventory_{name}_change", args=[row.pk]),
        code=" · ".join(
            dict.fromkeys(cast(list[str], [code for code in codes[:3] if code and code != str(row)]))
        ),
        note=company if company != str(row) else "",
        mark=cells.tag(_("removed"), "bad") if row.removed_at else "",
        picture=thumbnail(row, empty="") if isinstance(row, Product) else "",
        is_exact=is_exact,
    )
