"""Customers who owe more than they may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..figures import exact
from ..models import Customer, Organization, Severity
from . import wording
from .base import Check, Fact
from .parameters import Flag, Number
from .registry import register


@register
class OverLimit(Check):
    key = "over_limit"
    title = gettext_lazy("Customers over their credit limit")
    meaning = gettext_lazy(
        "The customer owes more than the limit that is set at the source, in the customer's own currency. Customers "
        "for "
        "whom no limit is set are not looked at."
    )
    what_to_do = gettext_lazy(
        "Ask for payment before the next order, or raise the limit at the source if that was decided."
    )
    severity = Severity.WARNING
    reads = ("customer",)
    material = ("limit",)
    material_words = gettext_lazy("the limit")
    parameters = (
        Number(
            name="tolerance",
            label=gettext_lazy("Over the limit by more than"),
            unit="%",
            default=Decimal(0),
            least=Decimal(0),
            most=Decimal(1000),
        ),
        Flag(
            name="less_credits",
            label=gettext_lazy("Take off credits that are not used yet"),
            default=True,
        ),
        Flag(
            name="zero_is_limit",
            label=gettext_lazy("A limit of zero means that nothing may be owed"),
            help=gettext_lazy("Otherwise a limit of zero counts as none."),
            default=False,
        ),
    )

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        rows = Customer.objects.live().filter(organization=organization, receivable__gt=0)
        limited = (
            rows.filter(credit_limit__gte=0) if chosen["zero_is_limit"] else rows.filter(credit_limit__gt=0)
        )
        columns = (
            "pk",
            "name",
            "external_id",
            "number",
            "receivable",
            "unused_credits",
            "credit_limit",
            "currency_code",
        )
        factor = 1 + chosen["tolerance"] / 100
        for key, name, external_id, code, owes, credits, limit, currency in limited.order_by(
            "pk"
        ).values_list(*columns):
            unused = (credits or Decimal(0)) if chosen["less_credits"] else Decimal(0)
            if owes - unused > limit * factor:
                yield Fact(
                    str(key),
                    {
                        "customer": key,
                        "name": name or external_id,
                        "owes": exact(owes),
                        "credits": exact(unused),
                        "limit": exact(limit),
                        "currency": currency,
                    },
                    "customer",
                    key,
                    name or external_id,
                    code,
                )

    def sentence(self, facts: Mapping[str, Any]) -> str:
        currency = facts["currency"]
        over = Decimal(facts["owes"]) - Decimal(facts["credits"]) - Decimal(facts["limit"])
        told = {
            "name": wording.name(facts["name"]),
            "owes": wording.money(facts["owes"], currency),
            "limit": wording.money(facts["limit"], currency),
            "over": wording.money(over, currency),
            "credits": wording.money(facts["credits"], currency),
        }
        if Decimal(facts["credits"]):
            return (
                _(
                    "%(name)s owes %(owes)s, with %(credits)s of unused credits; the limit is %(limit)s: %(over)s "
                    "too much."
                )
                % told
            )
        return _("%(name)s owes %(owes)s; the limit is %(limit)s: %(over)s too much.") % told
