"""One more rule that we bring along: that nobody has made a backup for days."""

from django.db import migrations


def bring(apps, schema_editor):
    rules = apps.get_model("monitoring", "AlertRule").objects.using(schema_editor.connection.alias)
    rules.get_or_create(
        code="backup",
        defaults={
            "name": "There is no new backup",
            "source": "cause",
            "subject": "backup",
            "severity": "warning",
            "for_minutes": 0,
            "resolve_minutes": 1,
            "escalate_minutes": None,
            "threshold": 3,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0002_bring_default_rules"), ("backups", "0001_initial")]
    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
