"""What can be asked of a report, as a form: every parameter has a meaning, a default, and refuses nonsense."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Model
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from ..days import company_zone
from ..models import Currency, Organization, PriceList, Warehouse

FIRST_DAY = date(2000, 1, 1)
MOST_DAYS = 3660
OFFERED = 200  # rows that a field lets somebody choose from


class ReferencesField(forms.Field):
    """Rows of a table, by the source's id or by ours; as their keys, in the order of the table. None chosen: all."""

    widget = forms.SelectMultiple

    def __init__(self, model: type[Model], *, offered: Callable[[], Any] | None = None, **facts: Any):
        super().__init__(required=False, **facts)
        self.model, self._offered = model, offered

    def rows(self) -> Any:
        rows: Any = self.model._default_manager
        return self._offered() if self._offered else rows.filter(removed_at=None)

    def offer(self) -> None:
        """Fill the widget; for a page."""
        rows = self.rows().order_by("name", "pk")[:OFFERED]
        self.widget.choices = [(row.external_id, str(row)) for row in rows]

    def clean(self, value: Any) -> list[int]:
        texts = [text for text in (value or []) if text]
        return sorted({key for text in dict.fromkeys(texts) for key in self._keys(text)})

    def _keys(self, text: str) -> Iterable[int]:
        rows = self.rows().order_by()
        keys = list(rows.filter(external_id=text).values_list("pk", flat=True))
        if not keys and text.isascii() and text.isdigit() and len(text) < 19:
            keys = list(rows.filter(pk=int(text)).values_list("pk", flat=True))
        if not keys:
            told = _("There is no %(kind)s with the id %(id)s.")
            facts = {"kind": self.model._meta.verbose_name, "id": text[:80]}
            raise forms.ValidationError(told, code="invalid", params=facts)
        return keys


class MomentField(forms.Field):
    """A time that has passed: ISO 8601 with its zone, or a day and an hour of the company's own clocks."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    @staticmethod
    def usual(today: date) -> str:
        """The beginning of the day before."""
        return f"{today - timedelta(days=1)}T00:00"

    def prepare_value(self, value: Any) -> Any:
        """As the page's own field writes it, whatever zone the address names."""
        try:
            moment = self.to_python(value)
        except forms.ValidationError:
            return value
        return f"{moment.astimezone(company_zone()):%Y-%m-%dT%H:%M}" if moment else ""

    def to_python(self, value: Any) -> datetime | None:
        if value in (None, ""):
            return None
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=company_zone())
            moment = moment.astimezone(timezone.get_default_timezone())
        except (ValueError, OverflowError):
            told = _("A time is expected, such as 2026-11-20T09:00 or 2026-11-20T06:00:00Z.")
            raise forms.ValidationError(told, code="invalid") from None
        if moment > timezone.now():
            raise forms.ValidationError(_("It is in the future."), code="invalid")
        return moment


class Parameters(forms.Form):
    """Parameters of one request: those that were given, the others by default.

    today: the company's day. Valid or not: ask `is_valid()`; then `cleaned_data` holds a value for each.
    """

    def __init__(self, given: MultiValueDict, *, today: date):
        self.today = today
        told: MultiValueDict = MultiValueDict()
        for name, field in self.base_fields.items():
            texts = [text for text in given.getlist(name) if text != ""]
            told.setlist(name, texts or _as_texts(self.default_of(field)))
        super().__init__(told, auto_id="report-%s")

    def default_of(self, field: forms.Field) -> Any:
        usual = getattr(field, "usual", None)
        return usual(self.today) if usual else field.initial

    def offer(self) -> None:
        """Fill what a page lets somebody choose from."""
        for field in self.fields.values():
            if offer := getattr(field, "offer", None):
                offer()
            field.widget.attrs["class"] = "tsh-input"

    def takes_several(self, name: str) -> bool:
        return isinstance(self.fields.get(name), ReferencesField)

    def value(self, name: str) -> Any:
        return self.cleaned_data[name]

    @property
    def canonical(self) -> dict[str, list[str]]:
        """Every parameter as text, defaults included, so that equal questions look equal."""
        return {name: [str(text) for text in self.data.getlist(name)] for name in sorted(self.base_fields)}


def _as_texts(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return [value.isoformat() if isinstance(value, date) else str(value)]


def _days_before(count: int) -> Callable[[date], date]:
    return lambda today: today - timedelta(days=count)


def _itself(today: date) -> date:
    return today


def offered_lists() -> Any:
    """Price lists by which something is sold; not those of purchases."""
    rows = PriceList.objects.live().exclude(is_active=False).exclude(direction="purchases")
    return rows.defer("payload", "detail_payload")


class DayField(forms.DateField):
    """usual: from the company's day to what is meant if nothing is said."""

    def __init__(self, *, usual: Callable[[date], date], **facts: Any):
        super().__init__(input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"}), **facts)
        self.usual = usual


class InPeriod(Parameters):
    """A period of days, both ends included; the last thirty if nothing is said."""

    since = DayField(label=_("From"), usual=_days_before(29))
    until = DayField(label=_("To"), usual=_itself)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        since, until = told.get("since"), told.get("until")
        for name, day in (("since", since), ("until", until)):
            if day and not FIRST_DAY <= day <= date(2100, 1, 1):
                self.add_error(name, _("A day from 2000 to 2100 is expected."))
        if since and until and since > until:
            self.add_error("until", _("It lies before the first day of the period."))
        return told

    @property
    def period(self) -> tuple[date, date]:
        return self.value("since"), self.value("until")

    @property
    def length(self) -> int:
        return (self.value("until") - self.value("since")).days + 1


def warehouses_field() -> ReferencesField:
    return ReferencesField(Warehouse, label=_("Warehouses"), help_text=_("None chosen: all."))


def price_lists_field(label: Any, help_text: Any) -> ReferencesField:
    return ReferencesField(PriceList, offered=offered_lists, label=label, help_text=help_text)


class CurrencyField(forms.CharField):
    """A code of three letters, such as USD; nothing: every currency."""

    def __init__(self, **facts: Any):
        facts = {"label": _("Currency"), "help_text": _("None chosen: every one, each by itself.")} | facts
        super().__init__(required=False, widget=forms.Select, **facts)

    def offer(self) -> None:
        codes: Sequence[str] = [
            *Currency.objects.live().values_list("code", flat=True),
            *Organization.objects.values_list("currency_code", flat=True),
        ]
        self.widget.choices = [("", "—"), *((code, code) for code in sorted(set(filter(None, codes))))]

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
            raise forms.ValidationError(_("Three capital letters are expected, such as USD."), code="invalid")
        return text


def days_field(label: Any, initial: int, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, initial=initial, min_value=1, max_value=MOST_DAYS, help_text=help_text
    )
