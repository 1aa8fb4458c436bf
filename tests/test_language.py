"""Arabic: whole, with its plurals, its digits and its direction; and compiled, so that no machine needs gettext."""

from __future__ import annotations

import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client
from django.utils import formats, translation
from django.utils.translation import ngettext

from tests import messages, right_to_left
from tests.factories import NOON, AdministratorFactory, StockLevelFactory, SyncRunFactory
from zoho_sync.models import SyncRun

NAMES = {"TSH", "ERP", "Zoho", "SKU", "ZOHO_", "English", "administrator", "worker", "make", "esc"}
NAMES |= {
    "manage",
    "run_monitor",
    "CSV",
    "EAN",
    "IQD",
    "UPC",
    "USD",
    "XLSX",
}  # of forms, codes and currencies, everywhere the same


class Words(HTMLParser):
    """Latin words that a reader sees, outside what is isolated as a code or a name."""

    HIDDEN = ("script", "style", "title", "bdi", "template")

    def __init__(self):
        super().__init__()
        self.open: list[bool] = []
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("input", "link", "meta", "img", "br", "hr", "path", "rect"):
            is_icon = "material-symbols-outlined" in (dict(attrs).get("class") or "")
            self.open.append(tag in self.HIDDEN or is_icon)

    def handle_endtag(self, tag):
        if self.open:
            self.open.pop()

    def handle_data(self, data):
        if not any(self.open):
            self.found += re.findall(r"[A-Za-z_]{3,}", re.sub(r"administrator\d+", "", data))


PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\}")


@pytest.fixture(scope="module")
def catalogue() -> dict:
    return {message: message for message in messages.read(messages.CATALOGUE)}


@pytest.fixture
def arabic():
    with translation.override("ar"):
        yield


@pytest.fixture
def staff(client, db):
    client.force_login(AdministratorFactory())
    client.cookies["django_language"] = "ar"
    return client


@pytest.mark.parametrize("gather", [messages.gather_ours, messages.gather_skin])
def test_every_sentence_is_translated(catalogue, gather):
    """To mend: `make messages`, then fill the empty lines of django.po."""
    known = {message.text for message in catalogue if message.is_done}

    assert sorted(message.text for message in gather() if message.text not in known) == []


def test_the_compiled_catalogue_is_that_of_the_readable_one():
    """To mend: `make messages`."""
    binary = messages.CATALOGUE.with_suffix(".mo").read_bytes()

    assert binary == messages.compiled(messages.read(messages.CATALOGUE))


def test_no_translation_invents_or_loses_a_placeholder(catalogue):
    wrong = []
    for message in catalogue:
        told = sorted(PLACEHOLDER.findall(message.plural or message.text))  # the one may name no number
        for form in filter(None, message.translations):
            found = sorted(PLACEHOLDER.findall(form))
            is_right = (
                set(found) <= set(told) if message.plural else found == told
            )  # "one call" names no number
            wrong += [] if is_right else [message.text]
    assert wrong == []


@pytest.mark.parametrize(
    ("count", "form"),
    [(1, "طلب واحد"), (2, "طلبين"), (3, "3 طلبات"), (11, "11 طلبًا"), (100, "100 طلب"), (103, "103 طلبات")],
)
def test_arabic_counts_in_its_own_forms(arabic, count, form):
    shown = ngettext("about %(count)s call", "about %(count)s calls", count) % {"count": count}

    assert shown == f"نحو {form}"


def test_arabic_pages_write_western_digits_a_point_and_the_day_first(arabic):
    assert formats.number_format(Decimal("299.50"), use_l10n=True) == "299.50"
    assert formats.date_format(NOON, "SHORT_DATE_FORMAT") == "20/11/2026"
    assert formats.date_format(NOON, "DATETIME_FORMAT").startswith("20 ")


def test_the_mirrored_stylesheet_belongs_to_the_installed_skin():
    """To mend after an upgrade of the skin: `make rtl`."""
    text = right_to_left.TARGET.read_text(encoding="utf-8")

    assert text.startswith(f"{right_to_left.MARK}{right_to_left.fingerprint()} */")


@pytest.mark.parametrize(
    ("language", "sheet"), [("ar", "tsh/unfold.rtl.css"), ("en", "unfold/css/styles.css")]
)
def test_the_stylesheet_follows_the_direction_of_the_language(language, sheet):
    with translation.override(language):
        assert static("unfold/css/styles.css").endswith(sheet)
    assert finders.find(sheet)


def test_our_own_stylesheet_knows_no_left_and_no_right():
    """It serves both directions; the two places that mean the page's left say why."""
    text = (right_to_left.TARGET.parent / "tsh.css").read_text(encoding="utf-8")

    physical = re.findall(r"(?:margin|padding|border|inset)?-?\b(?:left|right)\s*:", text)
    assert physical == []
    assert len(re.findall(r"text-align: (?:left|right)", text)) == 2


def test_a_page_turns_around_and_isolates_what_reads_left_to_right(staff):
    level = StockLevelFactory(on_hand=Decimal(-2))

    shown = staff.get(f"/admin/inventory/product/{level.product_id}/change/").content.decode()

    assert 'lang="ar" dir="rtl"' in shown
    assert "tsh/unfold.rtl.css" in shown
    assert '<bdi dir="ltr" class="tsh-number tsh-negative">-2</bdi>' in shown
    assert f'<bdi dir="ltr" class="tsh-code">{level.product.sku}</bdi>' in shown


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/inventory/product/",
        "/admin/inventory/customer/",
        "/admin/zoho_sync/syncrun/",
        "/admin/zoho_sync/syncrun/start/",
        "/admin/zoho_sync/oauthtoken/",
        "/admin/zoho_sync/recorderror/",
        "/admin/django_q/schedule/",
    ],
)
def test_an_arabic_page_holds_no_english_sentence(staff, path):
    SyncRunFactory(status=SyncRun.Status.RUNNING)

    page = Words()
    page.feed(staff.get(path).content.decode())

    assert sorted(set(page.found) - NAMES) == []


def test_the_language_is_switched_by_a_post_and_remembered(db):
    client = Client()
    client.force_login(AdministratorFactory())
    assert 'name="language" value="ar"' in client.get("/admin/").content.decode()

    client.post("/i18n/setlang/", {"language": "ar", "next": "/admin/"})

    assert 'dir="rtl"' in client.get("/admin/").content.decode()


def test_the_language_can_be_chosen_before_logging_in(client, db):
    assert 'name="language" value="ar"' in client.get("/admin/login/").content.decode()
