"""The rules that we bring along. Staff may edit them or switch them off; a rule that is here already is left alone."""

from django.db import migrations

CAUSES = [  # code and cause, name, severity, minutes of lasting, of being good, until it is escalated; threshold
    ("database", "The database was away", "critical", 0, 1, None, None),
    ("tables", "The tables are older than the program", "critical", 0, 1, None, None),
    ("disk", "The disk is nearly full", "error", 0, 10, 240, None),
    ("clock", "A clock is wrong", "error", 1, 10, None, None),
    ("keys", "Stored secrets cannot be read", "error", 0, 1, 240, None),
    ("worker", "No worker is alive", "critical", 1, 2, 30, None),
    ("queue", "The queue does not move", "error", 1, 5, 30, None),
    ("restarts", "A worker was restarted", "warning", 0, 5, None, None),
    ("not-connected", "Zoho is not connected", "critical", 10, 1, None, None),
    ("connection", "Zoho refuses the connection", "critical", 0, 1, 30, None),
    ("token", "The access token cannot be renewed", "error", 2, 1, 60, None),
    ("calls-blocked", "Zoho has asked for silence", "warning", 10, 5, None, None),
    ("calls-spent", "The day's calls are spent", "warning", 0, 5, None, None),
    ("forecast", "The day's calls will not last", "warning", 10, 30, None, None),
    ("quarantined", "A run waits for a decision", "error", 0, 1, 240, None),
    ("paused", "A run rests", "info", 60, 1, None, None),
    ("dead-letters", "A webhook could not be applied (dead letter)", "error", 0, 1, 240, None),
    ("late-deliveries", "Webhooks are not applied", "error", 1, 5, 60, None),
    ("silent", "Webhooks have fallen silent", "error", 0, 1, 240, None),
    ("failures", "Records wait for somebody", "warning", 5, 1, None, None),
    ("failed", "The last run failed", "error", 0, 1, 240, None),
    ("stale", "An entity is out of date", "warning", 0, 1, None, None),
    ("no-selling-warehouse", "No warehouse sells", "info", 60, 1, None, None),
    ("mass-zero", "Much stock has fallen to nothing at once", "critical", 0, 60, 30, 20),
    ("price-jump", "A price has jumped", "warning", 0, 60, None, 30),
    ("price-missing", "A price is missing in a list", "warning", 30, 30, None, 90),
    ("negative-stock", "Stock is negative where it is sold", "warning", 30, 30, None, None),
    ("drift", "The mirror differs from Zoho", "error", 0, 60, 240, 2),
    ("channel", "An alert channel does not work", "error", 0, 5, 240, None),
]
FIGURES = [  # code, name, severity, figure, statistic, window in minutes, above, fewest
    ("runs-failing", "More than 10 % of the runs fail", "error", "runs", "share", 60, 10, 5),
    ("webhooks-failing", "More than 15 % of the webhooks fail", "error", "webhooks", "share", 60, 15, 5),
    ("calls-slow", "Zoho answers slowly", "warning", "call_seconds", "p95", 15, 5, 20),
]


def bring(apps, schema_editor):
    rules = apps.get_model("monitoring", "AlertRule").objects.using(schema_editor.connection.alias)
    for code, name, severity, lasting, resolve, escalate, threshold in CAUSES:
        rules.get_or_create(
            code=code,
            defaults={
                "name": name,
                "source": "cause",
                "subject": code,
                "severity": severity,
                "for_minutes": lasting,
                "resolve_minutes": resolve,
                "escalate_minutes": escalate,
                "threshold": threshold,
            },
        )
    for code, name, severity, figure, statistic, window, threshold, fewest in FIGURES:
        rules.get_or_create(
            code=code,
            defaults={
                "name": name,
                "source": "metric",
                "subject": figure,
                "severity": severity,
                "statistic": statistic,
                "window_minutes": window,
                "comparison": "above",
                "threshold": threshold,
                "fewest": fewest,
                "resolve_minutes": 10,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_initial")]
    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
