"""What a check is.

    @register
    class LateInvoices(Check):
        key = "late_invoices"
        title = _("Invoices that are long overdue")
        …
        def facts(self, organization, chosen, now):
            for invoice in Invoice.objects.live().filter(organization=organization, …).iterator():
                yield Fact(str(invoice.pk), {"invoice": invoice.pk, "balance": exact(invoice.balance), …},
                           kind="invoice", row=invoice.pk, label=invoice.customer_name, code=invoice.number)

        def sentence(self, facts):
            return _("%(balance)s are still to be paid since %(day)s.") % {…}

Put it into a module of this folder. The page, the command, the API, the schedule and the home page know it by name.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Model

from ..models import Organization, Severity
from .parameters import Parameter


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is wrong now.

    key: names its subject within the check, at most 96 characters; the same as long as the cause lasts. facts: plain
    JSON values, amounts as exact text; keys of rows that the page shall link to stand under a name of `told.ROWS`.
    kind, row: the one row that it is about, its kind as inventory.noted names it. label, code: what people find it by:
    a name, a SKU or number.
    """

    key: str
    facts: dict[str, Any]
    kind: str
    row: int | None = None
    label: str = ""
    code: str = ""


class Check(ABC):
    """One rule that the catalogue should keep. One instance serves every thread, so it keeps nothing between two runs.

    reads: kinds of rows, as inventory.triggers names them; without a change of any of them there is nothing new to
    find. material: names of the facts whose change ends an ignoring; material_words says which in words.
    """

    key: ClassVar[str]
    title: ClassVar[Any]
    meaning: ClassVar[Any]
    what_to_do: ClassVar[Any]
    severity: ClassVar[Severity]
    reads: ClassVar[Collection[str]]
    material: ClassVar[Sequence[str]] = ()
    material_words: ClassVar[Any] = ""
    parameters: ClassVar[Sequence[Parameter]] = ()
    most = 100_000  # facts; of more than that nobody could look through the list

    @abstractmethod
    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        """Everything that is wrong in this organisation, no subject twice. chosen: every parameter by its name."""

    @abstractmethod
    def sentence(self, facts: Mapping[str, Any]) -> str:
        """What is wrong, in the reader's language; names and figures through `wording`."""

    def keys_about(self, row: Model) -> Collection[str]:
        """Subjects about several rows, of which this may be one; those about this one row alone are known anyway."""
        return ()


@dataclass(frozen=True, slots=True)
class Digests:
    """Of a fact: has anything of it changed, and anything that matters?"""

    whole: str = field(init=False)
    material: str = field(init=False)

    def __init__(self, check: Check, fact: Fact) -> None:
        told = [fact.facts, fact.label, fact.code, fact.kind, fact.row, str(check.severity)]
        object.__setattr__(self, "whole", _digest(told))
        object.__setattr__(self, "material", _digest([fact.facts.get(name) for name in check.material]))


def _digest(value: Any) -> str:
    plain = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(plain.encode(), digest_size=16).hexdigest()


def key_of_text(text: str) -> str:
    """A subject's key from a text of any length."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
