"""Findings in words, also of checks and facts of an older release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import DecimalException
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from ..models import Finding
from ..noted import KINDS
from . import registry, wording


def title_of(key: str) -> str:
    """The check's title; its name where it is not known any more."""
    check = registry.find(key)
    return str(check.title) if check else key


def said(key: str, facts: Mapping[str, Any], label: str) -> str:
    """What is wrong, with marks of direction. Facts that an older release kept, and that this one cannot read, are not
    guessed at: the next run tells them anew."""
    check = registry.find(key)
    try:
        if check is not None:
            return check.sentence(facts)
    except (LookupError, TypeError, ValueError, DecimalException):
        pass
    return _("%(name)s: found by an older release; the next run of the check tells what is wrong.") % {
        "name": wording.name(label or key)
    }


def plain(key: str, facts: Mapping[str, Any], label: str) -> str:
    """The same for files and programs."""
    return wording.without_marks(said(key, facts, label))


def of_finding(finding: Finding) -> str:
    return said(finding.check_key, finding.facts, finding.label)


def about(row: Model) -> QuerySet[Finding]:
    """Findings about this row, or about several of which it is one; closed ones too."""
    kinds = [kind for kind, model in KINDS.items() if model is row._meta.model]
    mine = Q(subject_kind__in=kinds, subject_id=row.pk)
    for check in registry.checks():
        keys = list(check.keys_about(row))
        if keys:
            mine |= Q(check_key=check.key, subject_key__in=keys)
    return Finding.objects.filter(mine, organization=getattr(row, "organization_id", None))


ROWS = {  # names of facts that hold keys of rows, and whose
    "product": "product",
    "products": "product",
    "customer": "customer",
    "price_list": "pricelist",
    "price_lists": "pricelist",
    "warehouse": "warehouse",
    "warehouses": "warehouse",
    "vendor": "vendor",
    "sales_order": "salesorder",
    "invoice": "invoice",
    "credit_note": "creditnote",
    "purchase_order": "purchaseorder",
    "bill": "bill",
    "vendor_credit": "vendorcredit",
}


def rows_named(facts: Mapping[str, Any]) -> dict[str, list[int]]:
    """{model's name: keys} of the rows that the facts speak of, in their order."""
    found: dict[str, list[int]] = {}
    for name, model in ROWS.items():
        value = facts.get(name)
        keys: Iterable[Any] = value if isinstance(value, list) else [value]
        found.setdefault(model, []).extend(key for key in keys if isinstance(key, int))
    return {model: list(dict.fromkeys(keys)) for model, keys in found.items() if keys}
