from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('zoho_sync', '0008_source_counts'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='syncrun',
            name='run_active',
        ),
        migrations.AddIndex(
            model_name='syncrun',
            index=models.Index(fields=['status', '-id'], name='run_state'),
        ),
    ]
