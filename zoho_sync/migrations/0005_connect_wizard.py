import django.db.models.deletion
import zoho_sync.encryption
import zoho_sync.sentences
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0003_search_and_keep_lists'),
        ('zoho_sync', '0004_watch_over_the_mirror'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ConnectionDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.PositiveSmallIntegerField(default=1, unique=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('region', models.CharField(max_length=16)),
                ('client_id', models.CharField(blank=True, default='', max_length=128)),
                ('client_secret', zoho_sync.encryption.EncryptedTextField(default='')),
                ('refresh_token', zoho_sync.encryption.EncryptedTextField(default='')),
                ('access_token', zoho_sync.encryption.EncryptedTextField(default='')),
                ('access_expires_at', models.DateTimeField(null=True)),
                ('api_domain', models.CharField(blank=True, default='', max_length=255)),
                ('scope', models.TextField(blank=True, default='')),
                ('exchange_began_at', models.DateTimeField(null=True)),
                ('consented_at', models.DateTimeField(null=True)),
                ('throttled_until', models.DateTimeField(null=True)),
                ('found', models.JSONField(null=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ConnectionCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=32)),
                ('verdict', models.CharField(choices=[('good', 'works'), ('missing', 'not there'), ('later', 'not now'), ('bad', 'refused')], max_length=16)),
                ('message', zoho_sync.sentences.SentenceField(blank=True, default='')),
                ('checked_at', models.DateTimeField()),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inventory.organization')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('organization', 'name'), name='connection_check_once')],
            },
        ),
        migrations.CreateModel(
            name='ConsentRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('session_digest', models.CharField(max_length=64)),
                ('redirect_uri', models.CharField(max_length=500)),
                ('draft_version', models.PositiveIntegerField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['expires_at'], name='consent_expires')],
            },
        ),
    ]
