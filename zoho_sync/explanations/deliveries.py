"""Webhook deliveries of which nothing was applied, or not yet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .catalogue import Explanation

DELIVERIES = (
    Explanation(
        kind="not_mirrored",
        title=_("Nothing that is mirrored changes by it"),
        happened=_("The delivery is good, but it is about something that is not mirrored here."),
        meaning=_("Stock and prices are not touched by it. Nothing is missing."),
        tried=_("It was stored and understood, and no call was spent on it."),
        press=_("Nothing. To receive fewer of these, switch that webhook off in Zoho."),
        says=(
            "Zoho's record is not mirrored: %(reason)s.",
            "Zoho's record is not one of those that are mirrored.",
        ),
    ),
    Explanation(
        kind="not_understood",
        title=_("The delivery does not say what it is about"),
        happened=_("It is signed rightly, but names no record, or comes to an address that we do not know."),
        meaning=_("What it was to tell is found by the next sync instead, later than by a webhook."),
        tried=_("The whole body and the address were looked through for a record's id."),
        press=_(
            "Compare the webhook in Zoho with the page Set up webhooks: its address and its body (default payload)."
        ),
        says=(
            "It is not known what this webhook is about.",
            "It does not name a record by its id.",
            "“%(door)s” is none of our addresses.",
            "The form has far too many fields.",
            "The body is not UTF-8.",
        ),
    ),
    Explanation(
        kind="other_organization",
        title=_("The delivery is of another organisation"),
        happened=_("It names another organisation than the one whose secret signed it."),
        meaning=_("Nothing of it was believed, so that no stock and no price of a stranger comes in."),
        tried=_("Nothing: a delivery that contradicts its signature is only kept."),
        press=_("Use a secret of its own for each organisation: see Secrets and Set up webhooks."),
        says=("It is about organisation %(id)s, and the secret is of another one.",),
    ),
    Explanation(
        kind="not_signed",
        title=_("The delivery is not signed with a secret of ours"),
        happened=_(
            "Its signature is missing or was made with another secret. It was refused and not stored."
        ),
        meaning=_(
            "If Zoho sent it, what it was to tell is found by the next sync instead, later than by a webhook."
        ),
        tried=_("Every secret that is accepted now was tried."),
        press=_(
            "Put the secret of the page Secrets into the webhook in Zoho, then send a test from Set up webhooks."
        ),
        says=("The delivery is not signed with a secret of ours.",),
    ),
    Explanation(
        kind="run_ended_early",
        title=_("The run that read for it did not come through"),
        happened=_("A run asked Zoho for the record of this delivery and ended before it had it."),
        meaning=_("This one record is as old as before; all others are not concerned."),
        tried=_(
            "It is tried again by itself after 1, 5, 15 and 60 minutes; after the fifth time once a day, three times."
        ),
        press=_("Open the run and read why it ended. Replay tries at once."),
        says=("Run %(id)s is %(state)s.",),
    ),
)
