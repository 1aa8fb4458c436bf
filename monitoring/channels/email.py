from __future__ import annotations

import smtplib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from zoho_sync.sentences import Sentence
from zoho_sync.sentences import sentence as _

from .base import AlertMessage, ChannelError, Field, register
from .message import facts, headline, paragraphs, plain_text

MOST_RECIPIENTS = 20


@register
class EmailChannel:
    kind = "email"
    label = gettext_lazy("E-mail")
    hint = gettext_lazy("A mail server has to be set up with EMAIL_URL, as .env.example shows.")
    fields = (
        Field(
            name="recipients",
            label=gettext_lazy("Recipients"),
            required=True,
            help=gettext_lazy("One address, or several separated by commas."),
        ),
    )

    def check(self, config: Mapping[str, Any]) -> dict[str, str]:
        if not settings.EMAIL_HOST:
            return {"": no_server()}
        found = recipients(config)
        if not 0 < len(found) <= MOST_RECIPIENTS:
            return {"recipients": _("Enter 1 to %(most)s addresses.") % {"most": MOST_RECIPIENTS}}
        for each in found:
            try:
                validate_email(each)
            except ValidationError:
                return {"recipients": _("%(value)s is no e-mail address.") % {"value": each[:100]}}
        return {}

    def send(self, message: AlertMessage, config: Mapping[str, Any]) -> None:
        if not settings.EMAIL_HOST:
            raise ChannelError(no_server(), permanent=True)
        try:
            _mail(message, recipients(config)).send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            raise _refused(
                max(codes, default=550), _("The mail server takes mail for none of the recipients.")
            ) from None
        except smtplib.SMTPAuthenticationError as error:
            raise _refused(
                error.smtp_code, _("The mail server refuses user and password of EMAIL_URL.")
            ) from None
        except smtplib.SMTPResponseException as error:
            reason = _("The mail server refused it with the code %(code)s.") % {"code": error.smtp_code}
            raise _refused(error.smtp_code, reason) from None
        except (OSError, smtplib.SMTPException):
            raise ChannelError(_("The mail server could not be reached, or does not answer.")) from None


def no_server() -> Sentence:
    return _("No mail server is set up. Whoever runs the program sets EMAIL_URL, as .env.example shows.")


def recipients(config: Mapping[str, Any]) -> list[str]:
    given = str(config.get("recipients", "")).replace(";", ",").replace("\n", ",").split(",")
    return list(dict.fromkeys(each.strip() for each in given if each.strip()))


def _mail(message: AlertMessage, to: list[str]) -> EmailMultiAlternatives:
    """In plain text and in HTML. The subject is one line, so that nothing in it becomes a header."""
    mail = EmailMultiAlternatives(
        subject=headline(message)[:200],
        body=plain_text(message, with_headline=False),
        to=to,
        headers={"Auto-Submitted": "auto-generated", "X-TSH-Delivery": message.delivery_id},
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT),
    )
    words = {
        "message": message,
        "headline": headline(message),
        "paragraphs": list(paragraphs(message)),
        "facts": list(facts(message)),
        "direction": "rtl" if message.is_right_to_left else "ltr",
    }
    mail.attach_alternative(render_to_string("monitoring/email/alert.html", words), "text/html")
    return mail


def _refused(code: int, reason: Sentence) -> ChannelError:
    """From 500 on a mail server means never, below it not now (RFC 5321, 4.2.1)."""
    return ChannelError(reason, permanent=code >= 500)
