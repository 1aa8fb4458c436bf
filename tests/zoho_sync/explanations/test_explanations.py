"""No failure without an explanation: whatever sentence the engine can store is of one class, told in four parts."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.html import escape

from inventory.models.pictures import PROBLEMS
from tests.factories import (
    NOON,
    AdministratorFactory,
    RecordErrorFactory,
    SyncRunFactory,
    WebhookDeliveryFactory,
)
from zoho_sync.errors import BudgetWouldNotDo, RecordRejected
from zoho_sync.explanations import EXPLANATIONS, WRAPPERS, explain, of_kind
from zoho_sync.models import RecordError, SyncRun
from zoho_sync.phases.removals import TooManyMissing
from zoho_sync.pictures import NAMES_NONE
from zoho_sync.sentences import said
from zoho_sync.sentences import sentence as _

ENGINE = Path(__file__).resolve().parents[3] / "zoho_sync"
DOORS = ("admin", "api", "management", "sandbox", "migrations", "explanations")
# Rooms whose sentences tell of no failure.
ELSEWHERE = {
    "repairs": "what was put right",
    "truth": "verdicts of comparisons, each explained on its page",
    "backfill.py": "why a gap is read",
    "silence.py": "why a gap is read",
    "door_beat.py": "why a gap is read",
    "replay.py": "who asked",
    "connecting.py": "said beside the very field or step of connecting, with what to do",
    "grants.py": "said beside the very field or step of connecting, with what to do",
    "connection_checks.py": "said beside the very field or step of connecting, with what to do",
    "consents.py": "said beside the very field or step of connecting, with what to do",
    "drafts.py": "said beside the very field or step of connecting, with what to do",
    "mixing.py": "said beside the very field or step of connecting, with what to do",
    "web_app.py": "said beside the very field or step of connecting, with what to do",
}
# Sentences that are no failure, each with what it is.
NO_FAILURE = {
    "": "nothing",
    "cancelled": "a verb of a refusal",
    "paused": "a verb of a refusal",
    "resumed": "a verb of a refusal",
    "approved": "a verb of a refusal",
    "rejected": "a verb of a refusal",
    "the command line": "who asked",
    "none": "an empty list",
    "no message": "an empty message",
    "a list": "a value",
    "an object": "a value",
    "The removals were approved by %(who)s.": "what somebody decided",
    "Dry run: %(count)s changes planned, nothing written.": "a run that came through",
    "Dry run: %(count)s picture would be fetched, one call each and at most %(limit)s a day; nothing was asked for or "
    "written.": "a run that came through",
    "Dry run: %(count)s pictures would be fetched, one call each and at most %(limit)s a day; nothing was asked for or "
    "written.": "a run that came through",
    "its certificate is not trusted": "why it is not reachable",
    "the proxy refuses": "why it is not reachable",
    "no connection in time": "why it is not reachable",
    "no answer in time": "why it is not reachable",
    "connection refused": "why it is not reachable",
    "the name is unknown": "why it is not reachable",
    "the connection broke off": "why it is not reachable",
    "a figure that is not a number": "why it is no JSON",
    "half of a surrogate pair, or broken text": "why it is no JSON",
    "a number with too many digits": "why it is no JSON",
}
# Of self-repair, though: it ends a run.
GIVEN_UP = "Given up: no worker has taken the run in %(hours)s hours, though"


def told_by_the_engine() -> Iterator[tuple[str, str]]:
    """(where, msgid) of every sentence that is made outside the doors, those kept for later (gettext_noop) excepted."""
    for path in sorted(ENGINE.rglob("*.py")):
        parts = path.relative_to(ENGINE).parts
        if parts[0] in DOORS:
            continue
        tree = ast.parse(path.read_text())
        makers = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("sentences")
            for alias in node.names
            if alias.name in ("sentence", "counted")
        }
        kept = {"gettext_noop"} if parts[0] == "endings.py" else set()  # how runs end
        is_elsewhere = bool(set(parts) & set(ELSEWHERE))
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in makers | kept
            ):
                for given in node.args:
                    told = given.value if isinstance(given, ast.Constant) else None
                    if isinstance(told, str) and (not is_elsewhere or told.startswith(GIVEN_UP)):
                        yield f"{'/'.join(parts)}:{node.lineno}", told


SENTENCES = list(told_by_the_engine())
KNOWN = Counter(msgid for each in EXPLANATIONS.values() for msgid in each.says)


def test_the_engine_is_really_looked_through():
    assert len(SENTENCES) > 120


def test_every_sentence_of_the_engine_has_its_class():
    homeless = [
        f"{where}: {msgid}" for where, msgid in SENTENCES if msgid not in {*KNOWN, *NO_FAILURE, *WRAPPERS}
    ]
    assert homeless == []


def test_no_sentence_has_two_classes_and_none_is_a_ghost():
    assert [msgid for msgid, count in KNOWN.items() if count > 1] == []
    text = "\n".join(msgid for _where, msgid in SENTENCES)
    kept = (
        "Zoho does not know this id",
        "Zoho answered 404 (1002): it does not exist any more",
        NAMES_NONE,
        *PROBLEMS.values(),
    )  # told by the loader, of pictures among others
    assert [msgid for msgid in [*KNOWN, *NO_FAILURE] if msgid not in text and msgid not in kept] == []


@pytest.mark.parametrize("kind", EXPLANATIONS)
def test_every_class_tells_all_four_parts(kind):
    each = EXPLANATIONS[kind]
    for part in (each.title, each.happened, each.meaning, each.tried, each.press):
        assert str(part).strip()
    assert len({str(each.happened), str(each.meaning), str(each.tried), str(each.press)}) == 4


def test_a_reason_belongs_to_what_it_says_at_its_heart():
    value = _("%(value)s is not a number") % {"value": "'n/a'"}
    assert explain(_("%(key)s: %(problem)s") % {"key": "rate", "problem": value}).kind == "value_unreadable"
    error = RecordRejected(value)
    assert explain(_("%(key)s: %(problem)s") % {"key": "rate", "problem": error}).kind == "value_unreadable"
    assert explain(error).kind == "value_unreadable"


def test_what_nobody_has_words_for_is_something_else():
    assert explain("Zoho's own words").kind == "other"
    assert explain("") is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("field_missing", _("%(key)s is missing") % {"key": "name"}),
        (
            "value_unreadable",
            _("%(key)s: %(problem)s")
            % {"key": "rate", "problem": _("%(value)s is not a number") % {"value": "“n/a”"}},
        ),
        (
            "link_missing",
            _("%(kind)s %(id)s is not here yet; sync it, then retry") % {"kind": "x", "id": "1"},
        ),
        (
            "zoho_unavailable",
            _("Zoho's answer to %(endpoint)s is unusable (HTTP %(status)s): %(problem)s")
            % {"endpoint": "items", "status": 200, "problem": _("A number cannot be read.")},
        ),
        ("other", "words of a former version, with %(key)s is missing in them"),
    ],
)
def test_rows_are_found_by_their_class_exactly_as_it_is_told_of_them(kind, reason):
    RecordErrorFactory(reason=_("the database refused it: %(problem)s") % {"problem": "unique"})
    RecordErrorFactory(reason=reason)

    (found,) = RecordError.objects.filter(of_kind(kind))

    assert explain(found.reason).kind == kind
    assert sum(RecordError.objects.filter(of_kind(each)).count() for each in EXPLANATIONS) == 2


def test_a_refused_start_is_explained():
    assert explain(BudgetWouldNotDo(10, 5, NOON)).kind == "calls_would_not_do"


@pytest.mark.django_db
def test_the_page_of_a_failure_tells_all_four_parts(client):
    client.force_login(AdministratorFactory())
    reason = _("%(key)s is missing") % {"key": "name"}
    failure = RecordErrorFactory(reason=reason)

    page = client.get(f"/admin/zoho_sync/recorderror/{failure.pk}/change/").content.decode()

    told = EXPLANATIONS["field_missing"]
    for part in (told.title, told.happened, told.meaning, told.tried, told.press):
        assert str(part) in page


@pytest.mark.django_db
def test_the_list_of_failures_is_narrowed_to_a_kind(client):
    client.force_login(AdministratorFactory())
    RecordErrorFactory(
        reason=_("%(key)s is missing") % {"key": "name"}, record_key="111222333", external_id="111222333"
    )
    RecordErrorFactory(
        reason=_("%(key)s: %(problem)s") % {"key": "rate", "problem": "odd"},
        record_key="444555666",
        external_id="444555666",
    )

    page = client.get("/admin/zoho_sync/recorderror/?kind=field_missing").content.decode()
    assert "A field is missing" in page
    assert ("111222333" in page, "444555666" in page) == (True, False)
    told = client.get("/api/v1/failures/?kind=other").json()["results"]
    assert [(each["record_key"], each["kind"]) for each in told] == [("444555666", "other")]
    assert client.get("/api/v1/failures/?kind=nonsense").status_code == 400


@pytest.mark.django_db
def test_the_page_of_a_delivery_explains_why_nothing_was_applied(client):
    client.force_login(AdministratorFactory())
    delivery = WebhookDeliveryFactory(
        status="ignored", reason=_("Zoho's record is not one of those that are mirrored.")
    )

    page = client.get(f"/admin/zoho_sync/webhookdelivery/{delivery.pk}/change/").content.decode()

    assert str(EXPLANATIONS["not_mirrored"].meaning) in page


NOT_CONNECTED = _(
    "Organisation %(id)s is not connected to Zoho. Connect it with `manage.py zoho_connect`."
) % {"id": 1}
UNUSUAL = [
    ("failed", NOT_CONNECTED, "not_connected"),
    ("failed", "words of a former version", "other"),
    ("failed", "", "other"),
    ("paused", _("Paused by %(who)s. Resume it to go on.") % {"who": "zainab"}, "paused_by_person"),
    ("cancelled", _("Cancelled by %(who)s.") % {"who": "zainab"}, "cancelled"),
    ("quarantined", said(TooManyMissing(30, 40)), "too_many_missing"),
    ("partial", _("Dry run: %(count)s changes planned, nothing written.") % {"count": 3}, "some_failed"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "message", "kind"), UNUSUAL)
def test_a_run_that_did_not_come_through_is_explained_on_its_page_and_to_programs(
    client, status, message, kind
):
    client.force_login(AdministratorFactory())
    run = SyncRunFactory(status=status, message=message, failed_count=1)

    page = client.get(f"/admin/zoho_sync/syncrun/{run.pk}/change/").content.decode()
    told = client.get(f"/api/v1/runs/{run.pk}/").json()["explanation"]

    known = EXPLANATIONS[kind]
    for part in (known.title, known.happened, known.meaning, known.tried, known.press):
        assert escape(str(part)) in page
    assert told == {
        "kind": kind,
        "title": str(known.title),
        "what_happened": str(known.happened),
        "meaning": str(known.meaning),
        "already_tried": str(known.tried),
        "what_to_do": str(known.press),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["queued", "running", "succeeded"])
def test_of_a_run_that_goes_well_nothing_is_explained(client, status):
    client.force_login(AdministratorFactory())
    run = SyncRunFactory(status=status, message="")

    assert client.get(f"/api/v1/runs/{run.pk}/").json()["explanation"] is None
    assert "tsh-explanation" not in client.get(f"/admin/zoho_sync/syncrun/{run.pk}/change/").content.decode()


@pytest.mark.django_db
def test_a_run_that_left_a_part_of_its_plan_undone_is_explained(client):
    client.force_login(AdministratorFactory())
    plan = SyncRunFactory(is_dry=True)
    facts = {"done": 3, "id": plan.pk, "same": 0, "refused": 1, "waiting": 0}
    message = _(
        "Applied rows of the plan of run %(id)s: %(done)s. So already: %(same)s. Refused, as they have changed since: "
        "%(refused)s. Waiting for another plan: %(waiting)s."
    )
    run = SyncRunFactory(
        status="partial", mode="realtime", plan=plan, message=message % facts, failed_count=1
    )
    SyncRun.objects.filter(pk=run.pk).update(options={**run.options, "plan": plan.pk})

    assert client.get(f"/api/v1/runs/{run.pk}/").json()["explanation"]["kind"] == "plan_partly_applied"


@pytest.mark.django_db
def test_a_delivery_is_explained_to_programs_unless_it_was_applied(client):
    client.force_login(AdministratorFactory())
    reason = _("Zoho's record is not one of those that are mirrored.")
    ignored = WebhookDeliveryFactory(status="ignored", reason=reason)
    applied = WebhookDeliveryFactory(status="applied")

    def told(delivery):
        return client.get(f"/api/v1/deliveries/{delivery.pk}/").json()["explanation"]

    assert told(ignored)["kind"] == "not_mirrored"
    assert told(ignored)["what_to_do"] == str(EXPLANATIONS["not_mirrored"].press)
    assert told(applied) is None
