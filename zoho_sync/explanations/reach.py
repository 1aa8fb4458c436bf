"""Failures on the way to Zoho: away, silent, refusing, or not connected at all."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .catalogue import Explanation

AS_BEFORE = _(
    "What was read before stays and grows older: stock and prices are as right as they were, and no newer."
)
KEPT = _("Webhooks are kept meanwhile and applied afterwards; nothing that came is lost.")

REACH = (
    Explanation(
        kind="zoho_unavailable",
        title=_("Zoho did not answer usably"),
        happened=_(
            "Zoho, or the network on the way to it, gave no answer, a broken one, or an error of its own."
        ),
        meaning=AS_BEFORE,
        tried=_(
            "The call was made up to four times, with growing pauses. A run that had begun then rested and went on by "
            "itself, five times within four minutes."
        ),
        press=_(
            "Wait some minutes, then press Resume. If it lasts, look at Zoho's status page and at your network."
        ),
        says=(
            "Zoho's accounts server failed (HTTP %(status)s).",
            "The answer of Zoho's accounts server is unusable (HTTP %(status)s): %(problem)s",
            "Zoho's answer is empty.",
            "Zoho's answer to %(endpoint)s is unusable (HTTP %(status)s): %(problem)s",
            "Zoho failed at %(endpoint)s: %(message)s (HTTP %(status)s, code %(code)s).",
            "Zoho did not answer in time.",
            "The call was given up.",
            "Zoho's answer is larger than %(limit)s bytes; it was not read.",
            "Zoho is not reachable at %(where)s (%(why)s). Check the network or %(setting)s.",
            "The answer's code is not a number.",
            "The answer has no “%(key)s”.",
            "“%(key)s” in the answer is of the wrong type.",
            "The answer is larger than %(limit)s bytes.",
            "The answer is empty.",
            "The answer is not JSON, or it is cut off.",
            "Another process has been refreshing the Zoho token for too long.",
            "The Zoho credentials changed during a refresh; it is tried again.",
        ),
    ),
    Explanation(
        kind="zoho_refused",
        title=_("Zoho refused the question"),
        happened=_(
            "Zoho understood the question and will not answer it: asked again, it would refuse again."
        ),
        meaning=AS_BEFORE,
        tried=_("Nothing more: what is refused is not asked again and again, as every call counts."),
        press=_(
            "Read the reason. It may be a part that the Zoho plan does not hold, or a wrong setting. Put it "
            "right, then "
            "press Resume."
        ),
        says=(
            "Zoho answered %(endpoint)s with a redirect, which is not followed. Check ZOHO_REGION or "
            "ZOHO_API_BASE_URL.",
            "Zoho refused %(endpoint)s: HTTP %(status)s without an explanation.",
            "Zoho knows no %(endpoint)s here, or it is not part of the plan (code %(code)s).",
            "Zoho refused %(endpoint)s: %(message)s (HTTP %(status)s, code %(code)s).",
            "“%(path)s” is no path of Zoho's API.",
            "Zoho's accounts server answered with a redirect, which is not followed. Check ZOHO_REGION.",
        ),
    ),
    Explanation(
        kind="silence_asked",
        title=_("Zoho has asked for silence"),
        happened=_(
            "Too many calls were made within a short time, by us or by another program of the company."
        ),
        meaning=_("Stock and prices arrive some minutes later. Nothing is lost, and nothing is wrong."),
        tried=_(
            "All processes are silent together until the time that Zoho named, and go more slowly afterwards."
        ),
        press=_("Nothing: it goes on by itself. If it happens often, see which other programs call Zoho."),
        says=(
            "Zoho asks for fewer calls.",
            "Zoho has too many calls under way at once.",
            "Zoho asked for silence (code %(code)s): %(reason)s",
            "As many calls as allowed are under way.",
            "The minute's calls are spent; it goes on at %(time)s.",
            "Zoho asked for silence until %(time)s (code %(code)s): %(reason)s",
            "Zoho issues no more tokens for some minutes.",
            "The Zoho token was refreshed as often as Zoho allows in ten minutes; it goes on after that.",
        ),
    ),
    Explanation(
        kind="calls_spent",
        title=_("The day's calls are spent"),
        happened=_(
            "The calls that Zoho grants a day, or the part of them for this kind of work, are used up."
        ),
        meaning=_(
            "Stock and prices of this run wait until the next day. Webhooks and records that somebody refreshes have a "
            "reserve of their own."
        ),
        tried=_(
            "The run rests where it stopped and goes on by itself with the next day's calls; no page is read twice."
        ),
        press=_(
            "Nothing for today. To spend less, let the dearest schedule run less often: see Budget of calls."
        ),
        says=(
            "%(spent)s of today's %(limit)s calls are spent; %(kind)s work goes on at %(time)s.",
            "Put off: this needs about %(calls)s calls, and %(left)s are left today for such work.",
            "Today's calls to Zoho are spent, the reserve among them.",
            "%(spent)s of the %(limit)s calls that pictures may make a day are spent; it goes on tomorrow (%(time)s). "
            "PICTURES_CALLS_PER_DAY and PICTURES_BUDGET_PERCENT say how many there are.",
            "About %(calls)s calls are needed and %(left)s are left today, so it works on %(days)s days: it rests when "
            "a day's calls are spent, and goes on by itself.",
        ),
    ),
    Explanation(
        kind="calls_would_not_do",
        title=_("Too few calls are left for this start"),
        happened=_("The run was not started: it needs more of the day's calls than are left for such work."),
        meaning=_("Nothing was read and nothing has changed. Stock and prices are as they were."),
        tried=_("Nothing was called: the cost was counted from earlier runs of its kind."),
        press=_(
            "Start an incremental sync instead, wait for the next day, or tick “Start anyway”: it then rests in "
            "between."
        ),
        says=(
            "This needs about %(calls)s calls, and %(left)s are left today for such work; there are new ones at "
            "%(time)s. Start it then, or start it anyway: it goes as far as the calls reach, and on from there.",
        ),
    ),
    Explanation(
        kind="not_connected",
        title=_("Zoho is not connected"),
        happened=_("There are no credentials for this organisation, so that nothing can be asked of Zoho."),
        meaning=AS_BEFORE,
        tried=KEPT,
        press=_("Open Connect Zoho in the menu and go through its steps, then press Resume."),
        says=(
            "Organisation %(id)s is not connected to Zoho. Connect it with `manage.py zoho_connect`.",
            "Organisation %(organization)s is not connected to Zoho. Connect it with `manage.py zoho_connect`.",
            "Zoho is not connected. Run `manage.py zoho_connect`, or set %(names)s.",
            "Zoho is not connected: %(names)s is not set. Set it, or run `manage.py zoho_connect`.",
            "There is no connection to revoke.",
        ),
    ),
    Explanation(
        kind="connection_refused",
        title=_("Zoho refuses the connection"),
        happened=_(
            "Zoho does not take the token or the client any more: it was revoked, replaced, or never fitted."
        ),
        meaning=AS_BEFORE,
        tried=_(
            "A fresh access token was asked for once, for all processes together. Webhooks are kept meanwhile."
        ),
        press=_("Open Connect Zoho in the menu and connect again, then press Resume."),
        says=(
            "Zoho refuses the refresh token: it was revoked, or it belongs to another data centre than “%(region)s”. "
            "Connect again with `manage.py zoho_connect`.",
            "Zoho refuses the code: it was used already, it has expired (it lives a few minutes), or it was made in "
            "another data centre than “%(region)s”. Make a new one in the API console and try again.",
            "%(host)s does not know this client id and secret. Check both, and whether “%(region)s” is the data centre "
            "in which the client was made (ZOHO_REGION).",
            "Zoho's accounts server refuses: %(error)s. Connect again with `manage.py zoho_connect`.",
            "Zoho gave no refresh token for this code. Make a new one with a self client.",
            "The address to come back to is not the one that is registered with the client. Enter it in the API "
            "console "
            "exactly as it is shown here, and ask for consent again.",
            "The answer names the accounts server “%(url)s”, which is not Zoho's. Nothing was sent to it.",
            "Zoho refuses the access token.",
            "Zoho refuses the access token: %(message)s (code %(code)s).",
            "Zoho refuses even a fresh access token at “%(endpoint)s”. Check that ZOHO_REGION is the organisation's "
            "data centre, or connect again with `manage.py zoho_connect`.",
            "Zoho refuses the token; connect again.",
        ),
    ),
    Explanation(
        kind="permission_missing",
        title=_("The connection may not read this"),
        happened=_(
            "The token is good, but a scope, a permission of its Zoho user, or the organisation is missing."
        ),
        meaning=AS_BEFORE,
        tried=_("Nothing more: only a person can grant it."),
        press=_(
            "Grant in Zoho what the reason names, open Connect Zoho in the menu and connect again, then press Resume."
        ),
        says=(
            "The Zoho user of these credentials has no access to organisation %(organization)s. Check "
            "ZOHO_ORGANIZATION_ID; `manage.py zoho_connect` lists the organisations.",
            "These credentials may not read “%(endpoint)s”: a scope or a permission is missing. Connect again with "
            "`manage.py zoho_connect` and grant the missing READ scope.",
            "The new token may not read “%(path)s”. Make a code with ZohoInventory.settings.READ among its scopes, in "
            "the data centre of the organisation.",
            "These credentials do not read organisation %(id)s. They read: %(known)s.",
            "These credentials read no organisation of Zoho Inventory or Books.",
        ),
    ),
    Explanation(
        kind="setting_wrong",
        title=_("A setting is wrong"),
        happened=_("What was asked, or what a setting says, makes no sense; nothing was sent to Zoho."),
        meaning=_("Nothing was read and nothing has changed. Stock and prices are as they were."),
        tried=_("Nothing: it was refused before anything began."),
        press=_("Correct what the reason names, and start again."),
        says=(
            "%(name)s is not an address such as http://127.0.0.1:8900.",
            "%(name)s names a host that is not Zoho's. Only this machine (127.0.0.1, localhost) may stand in for Zoho; "
            "leave it empty to use the data centre's own address.",
            "There is no Zoho data centre “%(code)s”. Set ZOHO_REGION to one of: %(known)s.",
            "ZOHO_ORGANIZATION_ID must be the organisation's number, such as 10234695.",
            "These credentials read several organisations; name one with --organization.",
            "Several organisations are connected; name one of: %(known)s.",
            "There is no entity “%(entity)s”. Known: %(known)s.",
            "ids belong to real-time runs, and only there",
            "documents belong to runs of products, and only there",
            "an id is a text of 1 to 64 characters",
            "batch_size must be from %(least)s to %(most)s",
            "threshold must not be negative",
            "modified_since needs a time zone",
            "modified_since belongs to incremental runs, and only there",
            "warehouses, update_prices and low_stock belong to stock runs, and only there",
            "with_stock_only belongs to runs of stock or products, and only there",
            "sync_images belongs to runs of products, and only there",
            "a plan is applied as it is, and nothing beside it",
        ),
    ),
    Explanation(
        kind="secret_unreadable",
        title=_("A stored secret cannot be read"),
        happened=_("It was written under another key than those that the settings name now."),
        meaning=AS_BEFORE,
        tried=_("Every key of the settings was tried, the older ones too."),
        press=_(
            "Put the former key back (ENCRYPTION_KEYS, or SECRET_KEY_FALLBACKS), or enter the secret anew."
        ),
        says=(
            "A stored secret cannot be read with today's keys. Put the former key into ENCRYPTION_KEYS or "
            "SECRET_KEY_FALLBACKS, or connect again with `manage.py zoho_connect`.",
        ),
    ),
)
