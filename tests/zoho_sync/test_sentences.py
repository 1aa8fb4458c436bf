import json

import pytest
from django.utils import translation

from tests.factories import RecordErrorFactory
from zoho_sync.errors import RecordRejected
from zoho_sync.models import RecordError
from zoho_sync.sentences import Sentence, counted, lasting, said, unpack
from zoho_sync.sentences import sentence as _


def test_a_sentence_is_an_ordinary_text():
    assert _("%(key)s is missing") % {"key": "name"} == "name is missing"


def test_an_error_hands_on_its_sentence_whole():
    assert said(RecordRejected(_("%(key)s is missing") % {"key": "name"})).facts == {"key": "name"}


def test_an_ordinary_error_says_its_text():
    assert said(ValueError("plain")) == "plain"


def test_nested_sentences_survive_packing():
    inner = _("%(value)s is not a number") % {"value": "'x'"}
    outer = _("%(key)s: %(problem)s") % {"key": "rate", "problem": RecordRejected(inner)}
    again = unpack(json.loads(json.dumps(outer.pack())))
    assert again == "rate: 'x' is not a number"
    assert isinstance(again.facts["problem"], Sentence)


@pytest.mark.django_db
def test_a_stored_sentence_is_read_in_the_readers_language():
    error = RecordErrorFactory(reason=_("%(key)s is missing") % {"key": "name"})
    assert RecordError.objects.get(pk=error.pk).reason == "name is missing"
    with translation.override("ar"):
        reason = RecordError.objects.get(pk=error.pk).reason
    assert reason != "name is missing"
    assert "name" in reason


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["", "plain", '{"say": ', '{"say": 1}', '{"say": "%(x)s", "with": {}}', "50 % of it"]
)
def test_a_text_that_only_looks_like_a_packed_sentence_stays_as_it_is(text):
    error = RecordErrorFactory(reason=text)
    assert RecordError.objects.get(pk=error.pk).reason == text


ONE, MANY = "%(count)s failure is ignored.", "%(count)s failures are ignored."


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "1 failure is ignored."), (2, "2 failures are ignored."), (0, "0 failures are ignored.")],
)
def test_a_sentence_that_counts_takes_the_form_of_its_number(count, text):
    assert counted(ONE, MANY, count) % {"count": count} == text


@pytest.mark.django_db
def test_a_stored_sentence_that_counts_is_read_with_the_plurals_of_the_reader():
    rows = [RecordErrorFactory(reason=counted(ONE, MANY, count) % {"count": count}) for count in (2, 11)]
    with translation.override("ar"):
        expected = [translation.ngettext(ONE, MANY, count) % {"count": count} for count in (2, 11)]
        assert [RecordError.objects.get(pk=row.pk).reason for row in rows] == expected
    assert RecordError.objects.get(pk=rows[0].pk).reason == "2 failures are ignored."


def test_a_lazy_name_lasts_in_every_language():
    with translation.override("ar"):
        name = lasting(translation.gettext_lazy("Products"))
        assert (name.msgid, str(name)) == ("Products", translation.gettext("Products"))
