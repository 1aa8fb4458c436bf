import django.db.models.deletion
import django.utils.timezone
import zoho_sync.sentences
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0003_search_and_keep_lists'),
        ('zoho_sync', '0005_connect_wizard'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RunChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=32, verbose_name='table')),
                ('external_id', models.CharField(max_length=64, verbose_name='external id')),
                ('label', models.CharField(blank=True, default='', max_length=255, verbose_name='record')),
                ('action', models.CharField(choices=[('create', 'create'), ('update', 'update'), ('restore', 'bring back'), ('remove', 'remove')], max_length=16, verbose_name='action')),
                ('changes', models.JSONField(default=dict, verbose_name='changes')),
            ],
            options={
                'verbose_name': 'change of a run',
                'verbose_name_plural': 'changes of runs',
                'ordering': ['pk'],
                'abstract': False,
                'default_permissions': ('view',),
            },
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='applied_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='applied_changes', to='zoho_sync.syncrun', verbose_name='applied by'),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='asked_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='read at'),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='base',
            field=models.CharField(default='', editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='kind',
            field=models.CharField(default='', editable=False, max_length=8),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='mapping',
            field=models.CharField(default='', editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='raw',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='raw_hash',
            field=models.CharField(default='', editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='reason',
            field=zoho_sync.sentences.SentenceField(blank=True, default='', verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='plannedchange',
            name='state',
            field=models.CharField(choices=[('planned', 'planned'), ('applied', 'applied'), ('same', 'is so already'), ('refused', 'refused')], default='planned', max_length=8, verbose_name='state'),
        ),
        migrations.AddField(
            model_name='syncrun',
            name='phases',
            field=models.JSONField(default=list, verbose_name='phases'),
        ),
        migrations.AddField(
            model_name='syncrun',
            name='plan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='applications', to='zoho_sync.syncrun', verbose_name='applies the plan of'),
        ),
        migrations.AddField(
            model_name='syncrun',
            name='summary',
            field=models.JSONField(default=dict),
        ),
        migrations.AddIndex(
            model_name='plannedchange',
            index=models.Index(fields=['run', 'state', 'id'], name='planned_change_by_state'),
        ),
        migrations.AddIndex(
            model_name='plannedchange',
            index=models.Index(fields=['run', 'action', 'id'], name='planned_change_by_action'),
        ),
        migrations.AddIndex(
            model_name='plannedchange',
            index=models.Index(fields=['run', 'external_id'], name='planned_change_by_record'),
        ),
        migrations.AddIndex(
            model_name='plannedchange',
            index=models.Index(condition=models.Q(('label', ''), _negated=True), fields=['run', 'label'], name='planned_change_by_label'),
        ),
        migrations.AddConstraint(
            model_name='syncrun',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['queued', 'running', 'paused', 'cancelling'])), fields=('plan',), name='run_one_application_at_a_time'),
        ),
        migrations.AddField(
            model_name='runchange',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes_made', to='zoho_sync.syncrun', verbose_name='run'),
        ),
        migrations.AddIndex(
            model_name='runchange',
            index=models.Index(fields=['run', 'action', 'id'], name='run_change_by_action'),
        ),
        migrations.AddIndex(
            model_name='runchange',
            index=models.Index(condition=models.Q(('label', ''), _negated=True), fields=['run', 'label'], name='run_change_by_label'),
        ),
    ]
