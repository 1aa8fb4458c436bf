"""/api/v1/findings/ and /api/v1/checks/: what the integrity desk has found, and what people decide about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django_filters
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.filters import (
    MomentFilter,
    ReferenceFilter,
    SeveralChoices,
    StrictFilterSet,
)
from inventory.integrity import decisions, registry
from inventory.integrity.settings import check_now
from inventory.integrity.told import plain, title_of
from inventory.models import CheckState, Customer, Finding, FindingEvent, Organization, Product, Severity

from . import bodies, findings_words
from .bodies import Body, Text, When
from .entities import Overview
from .idempotency import once
from .listing import Rows
from .refusals import Conflict
from .representations import Address, Id, Moment, Told

State = Finding.State
VIEW, DECIDE = "inventory.view_finding", "inventory.decide_finding"
MOST_EVENTS = 200


class FindingRow(Told):
    """One thing that is wrong. Texts are in the reader's language, by `Accept-Language`."""

    id = Id(source="pk")
    url = Address("api-findings-one")
    organization = serializers.CharField(
        source="organization.external_id", help_text="External id of the company."
    )
    check = serializers.CharField(source="check_key", help_text="By name, as /api/v1/checks/ tells it.")
    title = serializers.SerializerMethodField(help_text="Of the check.")
    said = serializers.SerializerMethodField(help_text="What is wrong, in words.")
    severity = serializers.ChoiceField(choices=Severity.choices)
    state = serializers.ChoiceField(
        choices=State.choices,
        help_text="open: nobody has decided. accepted: true and known. ignored: true and of no matter. closed: not so "
        "any more.",
    )
    subject = serializers.CharField(
        source="subject_kind",
        help_text="What it is about: product, customer, price_list, or several of them.",
    )
    subject_id = Id(help_text="Our id of that one; null where it is about several.", allow_null=True)
    name = serializers.CharField(source="label", help_text="Of what it is about.")
    code = serializers.CharField(help_text="SKU or number of what it is about; may be empty.")
    facts = serializers.DictField(
        help_text="As the check found them; amounts as text, ids of ours as numbers."
    )
    owner = serializers.CharField(source="owner.username", default=None, allow_null=True)
    reason = serializers.CharField(help_text="Of who accepted or ignored it.")
    until = Moment(help_text="Ignored until then; null: as long as nothing that matters changes.")
    decided_by = serializers.CharField(source="decided_by.username", default=None, allow_null=True)
    decided_at = Moment()
    first_seen_at = Moment(allow_null=False)
    opened_at = Moment(allow_null=False, help_text="When it began to be open, for the last time.")
    closed_at = Moment()
    reopened_count = serializers.IntegerField(help_text="How often it came back.")

    def get_title(self, finding: Finding) -> str:
        return title_of(finding.check_key)

    def get_said(self, finding: Finding) -> str:
        return plain(finding.check_key, finding.facts, finding.label)


class FindingHappened(serializers.Serializer):
    """One line of a finding's history."""

    what = serializers.ChoiceField(choices=FindingEvent.What.choices)
    at = Moment(allow_null=False)
    by = serializers.CharField(
        source="by.username", default=None, allow_null=True, help_text="null: the check."
    )
    note = serializers.CharField()


class FindingDetail(FindingRow):
    """With what it means, what to do, and its history."""

    meaning = serializers.SerializerMethodField()
    what_to_do = serializers.SerializerMethodField()
    history = serializers.SerializerMethodField()

    def get_meaning(self, finding: Finding) -> str:
        check = registry.find(finding.check_key)
        return str(check.meaning) if check else ""

    def get_what_to_do(self, finding: Finding) -> str:
        check = registry.find(finding.check_key)
        return str(check.what_to_do) if check else ""

    @extend_schema_field(FindingHappened(many=True))
    def get_history(self, finding: Finding) -> list[dict[str, Any]]:
        newest = list(finding.events.select_related("by")[:MOST_EVENTS])
        return list(FindingHappened(reversed(newest), many=True).data)


class FindingFilters(StrictFilterSet):
    """Without a state only open ones are told."""

    organization = ReferenceFilter(
        "organization", model=Organization, help_text="Of this company; by external id or ours."
    )
    check = SeveralChoices(
        "check_key", choices=[(name, name) for name in registry.names()], help_text="May come more than once."
    )
    state = SeveralChoices(
        choices=State.choices, help_text="May come more than once. Without it: open ones only."
    )
    severity = SeveralChoices(choices=Severity.choices, help_text="May come more than once.")
    owner = django_filters.CharFilter("owner__username", help_text="Whom it belongs to, by user name.")
    product = ReferenceFilter(
        model=Product, method="about_product", help_text="About this product alone; by external id or ours."
    )
    customer = ReferenceFilter(
        model=Customer, method="about_customer", help_text="About this customer; by external id or ours."
    )
    opened_since = MomentFilter("opened_at", lookup_expr="gte", help_text="Open since then or later.")
    closed_since = MomentFilter("closed_at", lookup_expr="gte", help_text="Closed then or later.")

    def about_product(self, rows: QuerySet, _name: str, value: list[int]) -> QuerySet:
        return rows.filter(subject_kind="product", subject_id__in=value)

    def about_customer(self, rows: QuerySet, _name: str, value: list[int]) -> QuerySet:
        return rows.filter(subject_kind="customer", subject_id__in=value)


class DecisionNote(Body):
    note = Text(required=False, allow_blank=True, max_length=decisions.LONGEST_NOTE, default="")


@extend_schema_field(
    {
        "type": "string",
        "minLength": 1,
        "maxLength": decisions.LONGEST_NOTE,
        "pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$",
    }
)
class Why(Text):
    """Words; spaces alone are none."""


class Ignoring(Body):
    reason = Why(max_length=decisions.LONGEST_NOTE, help_text="Why it is of no matter.")
    until = When(
        required=False, default=None, help_text="Without it: as long as nothing that matters changes."
    )


class Assigning(DecisionNote):
    owner = Text(allow_null=True, max_length=150, help_text="A user name; null: nobody.")


class Queued(serializers.Serializer):
    """Their `is_waiting` is true until they have run."""

    queued = serializers.IntegerField(help_text="One for each company where the check is switched on.")


@extend_schema_field({"type": "string", "enum": registry.names()})
class CheckName(Text):
    def to_internal_value(self, data: Any) -> Any:
        name = super().to_internal_value(data)
        if registry.find(name) is None:
            told = _("There is no check %(names)s. There are: %(known)s.")
            raise ValidationError(told % {"names": name, "known": ", ".join(registry.names())})
        return name


class ChecksAsked(Body):
    check = CheckName(required=False, help_text="By name; without it: every check.")


@findings_words.findings(FindingRow, FindingDetail, DecisionNote, Ignoring, Assigning, ChecksAsked, Queued)
class Findings(Rows):
    serializer_class = FindingRow
    detail_class = FindingDetail
    filterset_class = FindingFilters
    orderings = {"id": "pk", "opened_at": "opened_at"}
    export_name = "findings"
    permissions = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "accept": (VIEW, DECIDE),
        "ignore": (VIEW, DECIDE),
        "assign": (VIEW, DECIDE),
        "reopen": (VIEW, DECIDE),
        "run_checks": (VIEW, DECIDE),
    }

    def get_queryset(self) -> QuerySet:
        rows = Finding.objects.select_related("organization", "owner", "decided_by").order_by()
        if self.action == "list" and "state" not in self.request.query_params:
            rows = rows.filter(state=State.OPEN)
        return rows

    @once
    def accept(self, request: Request, pk: int) -> Response:
        told = bodies.read(DecisionNote, request)
        return self._done(pk, lambda: decisions.accept([pk], request.user, told["note"]))

    @once
    def ignore(self, request: Request, pk: int) -> Response:
        told = bodies.read(Ignoring, request)
        return self._done(pk, lambda: decisions.ignore([pk], request.user, told["reason"], told["until"]))

    @once
    def assign(self, request: Request, pk: int) -> Response:
        told = bodies.read(Assigning, request)
        owner = _person(told["owner"]) if told["owner"] is not None else None
        return self._done(pk, lambda: decisions.assign([pk], request.user, owner, told["note"]))

    @once
    def reopen(self, request: Request, pk: int) -> Response:
        told = bodies.read(DecisionNote, request)
        return self._done(pk, lambda: decisions.reopen([pk], request.user, told["note"]))

    @once
    def run_checks(self, request: Request) -> Response:
        name = bodies.read(ChecksAsked, request).get("check")
        address = request.build_absolute_uri(reverse("api-checks"))
        return Response(
            {"queued": check_now([name] if name else [])}, status=202, headers={"Location": address}
        )

    def _done(self, pk: int, act: Any) -> Response:
        self.row(pk)
        with _refusals():
            act()
        return self.told(self.row(pk))


def _person(name: str) -> Any:
    found = get_user_model()._default_manager.filter(username=name, is_active=True).first()
    if found is None:
        raise ValidationError({"owner": [_("There is nobody with that user name.")]})
    return found


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except decisions.SenselessDecision as error:
        raise ValidationError({error.field: [str(error)]}) from error
    except decisions.DecisionError as error:
        raise Conflict(str(error), "wrong_state") from error


# --- Checks ------------------------------------------------------------------------------------------


class CheckForm(serializers.Serializer):
    """One check of one company."""

    organization = serializers.CharField(help_text="External id of the company.")
    check = serializers.CharField(help_text="Its name.")
    title = serializers.CharField()
    meaning = serializers.CharField()
    what_to_do = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    is_on = serializers.BooleanField()
    checked_at = Moment(help_text="Its last run that worked; null: none yet.")
    seconds = serializers.FloatField(allow_null=True, help_text="What that run took.")
    found = serializers.IntegerField(help_text="By that run.")
    is_waiting = serializers.BooleanField(help_text="Somebody asked for it, and it has not run yet.")
    error = serializers.CharField(help_text="Of the last run; empty if it worked.")


class ChecksForm(serializers.Serializer):
    results = CheckForm(many=True)


@findings_words.checks(ChecksForm)
class ChecksView(Overview):
    permissions = {"get": (VIEW,)}

    def get(self, request: Request) -> Response:
        states = {(each.organization_id, each.check_key): each for each in CheckState.objects.all()}
        told = [
            _told(organization, check, states.get((organization.pk, check.key), CheckState()))
            for organization in self.organizations(request)
            for check in registry.checks()
        ]
        return Response(ChecksForm({"results": told}).data)


def _told(organization: Organization, check: Any, state: CheckState) -> dict[str, Any]:
    return {
        "organization": organization.external_id,
        "check": check.key,
        "title": str(check.title),
        "meaning": str(check.meaning),
        "what_to_do": str(check.what_to_do),
        "severity": str(check.severity),
        "is_on": state.is_on,
        "checked_at": state.good_at,
        "seconds": state.seconds,
        "found": state.found_count,
        "is_waiting": state.asked_at is not None,
        "error": state.error,
    }
