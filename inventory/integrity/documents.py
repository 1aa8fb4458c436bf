"""Documents whose own figures contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import sums
from ..figures import exact
from ..models import Organization, Severity
from ..noted import KINDS
from . import wording
from .base import Check, Fact
from .registry import register

LOOKED_AT = ("sales_order", "invoice", "credit_note", "purchase_order", "bill", "vendor_credit")
CHUNK = 500  # documents whose lines are added up by one query
_AMOUNTS = (
    "sub_total", "discount_total", "tax_total", "shipping_charge", "adjustment", "total", "is_inclusive_tax",
    "currency_code",
)  # fmt: skip
_PAID = ("balance", "payment_made", "credits_applied", "write_off")


@register
class DocumentsAddUp(Check):
    key = "documents_add_up"
    title = gettext_lazy("Documents that do not add up")
    meaning = gettext_lazy(
        "The lines of an order, invoice, bill or credit do not come to its subtotal; its subtotal, discount, tax, "
        "shipping and adjustment do not come to its total; or what is still to be paid of an invoice is not its total "
        "less payments, credits and what was written off. What rounding explains is nothing wrong. Only documents "
        "whose lines have been read since they changed are looked at, and no drafts or void ones."
    )
    what_to_do = gettext_lazy(
        "Open the document at the source and compare. If it is right there, refresh it here; if not, correct it there."
    )
    severity = Severity.WARNING
    reads = LOOKED_AT
    material = ("currency", "wrong")
    material_words = gettext_lazy("the figures that do not agree")

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        for kind in LOOKED_AT:
            model: Any = KINDS[kind]
            rows = model.objects.live().filter(organization=organization, detail_is_due=False)
            rows = rows.exclude(detail_at=None).exclude(status__in=model.VOID)
            for chunk in _chunks(rows):
                yield from _of_chunk(kind, chunk)

    def sentence(self, facts: Mapping[str, Any]) -> str:
        told = [_in_words(each, facts["currency"]) for each in facts["wrong"]]
        return _("%(kind)s %(number)s does not add up. %(sums)s") % {
            "kind": capfirst(str(KINDS[facts["kind"]]._meta.verbose_name)),
            "number": wording.name(facts["number"]),
            "sums": " ".join(told),
        }


def _in_words(wrong: Mapping[str, str], currency: str) -> str:
    told, reckoned = Decimal(wrong["told"]), Decimal(wrong["reckoned"])
    texts = {
        sums.LINES: _("The lines come to %(reckoned)s, the subtotal says %(told)s: %(apart)s apart."),
        sums.TOTAL: _(
            "Subtotal, discount, tax, shipping and adjustment come to %(reckoned)s, the total says %(told)s: %(apart)s "
            "apart."
        ),
        sums.BALANCE: _(
            "The total less payments and credits is %(reckoned)s, but %(told)s is said to be still to be paid: "
            "%(apart)s apart."
        ),
    }
    return texts[wrong["sum"]] % {
        "told": wording.money(told, currency),
        "reckoned": wording.money(reckoned, currency),
        "apart": wording.money(abs(told - reckoned), currency),
    }


def _chunks(rows: QuerySet[Any]) -> Iterator[Sequence[Any]]:
    """Heads in the order of their keys; a statement is never open while the facts of a chunk are written."""
    there = {column.attname for column in rows.model._meta.concrete_fields}
    partner = "customer" if "customer_id" in there else "vendor"
    own = ("pk", "number", "external_id", f"{partner}_id", f"{partner}_name")
    columns = (*own, *_AMOUNTS, *(name for name in _PAID if name in there))
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    # By their keys alone: with any condition more, SQLite sorts all of them for every chunk.
    for start in range(0, len(keys), CHUNK):
        heads = rows.model.objects.filter(pk__in=keys[start : start + CHUNK]).order_by("pk")
        if chunk := list(heads.values_list(*columns, named=True)):
            yield chunk


def _of_chunk(kind: str, chunk: Sequence[Any]) -> Iterator[Fact]:
    """The lines are added up by the database, and once more exactly for documents that may be wrong: SQLite adds binary
    fractions."""
    lines = KINDS[kind].lines.rel.related_model.objects.live().order_by()
    within = lines.filter(document__gte=chunk[0].pk, document__lte=chunk[-1].pk).values("document_id")
    added = within.annotate(whole=Sum("total"), known=Count("total"), count=Count("pk"))
    wholes = {
        key: (whole if known == count else None, count)
        for key, whole, known, count in added.values_list("document_id", "whole", "known", "count")
    }
    doubted = {
        each.pk: each
        for each in chunk
        if any(abs(found.difference) > found.slack / 2 for found in _sums(each, wholes.get(each.pk)))
    }
    exactly: dict[int, list[Decimal | None]] = {key: [] for key in doubted}
    for key, total in lines.filter(document__in=list(doubted)).values_list("document_id", "total"):
        exactly[key].append(total)
    for key, each in doubted.items():
        totals = exactly[key]
        known = [total for total in totals if total is not None]
        whole = sum(known, Decimal(0)) if len(known) == len(totals) else None
        wrong = [found for found in _sums(each, (whole, len(totals))) if not found.adds_up]
        if wrong:
            yield _fact(kind, each, wrong)


def _sums(head: Any, lines: tuple[Decimal | None, int] | None) -> list[sums.Sum]:
    return sums.sums_of_amounts(head, lines or (None, 0))


def _fact(kind: str, head: Any, wrong: Sequence[sums.Sum]) -> Fact:
    number = head.number or head.external_id
    partner = "customer" if hasattr(head, "customer_id") else "vendor"
    facts = {
        kind: head.pk,
        partner: getattr(head, f"{partner}_id"),
        "kind": kind,
        "number": number,
        "currency": head.currency_code,
        "wrong": [
            {"sum": each.kind, "told": exact(each.told), "reckoned": exact(each.reckoned)} for each in wrong
        ],
    }
    return Fact(f"{kind}:{head.pk}", facts, kind, head.pk, getattr(head, f"{partner}_name") or number, number)
