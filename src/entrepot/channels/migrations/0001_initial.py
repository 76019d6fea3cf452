import django.db.models.deletion
import django.db.models.functions.datetime
import entrepot.base.fields
import entrepot.base.ids
from django.conf import settings
from django.db import migrations, models

from entrepot.base.fields import CreatePartitionedModel


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('base', '0001_initial'),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=entrepot.base.ids.new_public_id, editable=False, unique=True)),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('channel', models.CharField(max_length=40, verbose_name='channel')),
                ('market', models.CharField(help_text='Country of the marketplace.', max_length=2, verbose_name='market')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('state', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused'), ('reconnect', 'Must reconnect')], default='active', max_length=12, verbose_name='state')),
                ('state_reason', models.CharField(blank=True, default='', max_length=300)),
                ('credentials', entrepot.base.fields.SecretJSON(default=dict)),
                ('settings', models.JSONField(blank=True, default=dict, verbose_name='settings')),
                ('share_percent', models.SmallIntegerField(default=100, verbose_name='share of the stock, %')),
                ('cap', models.IntegerField(blank=True, default=10, null=True, verbose_name='show at most')),
                ('holdback', models.IntegerField(default=0, verbose_name='hold back')),
                ('sale_delay_bound_s', models.IntegerField(default=300)),
                ('live_delay_bound_s', models.IntegerField(default=900)),
                ('breaches', models.IntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('legal_entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.legalentity', verbose_name='legal entity')),
                ('users', models.ManyToManyField(blank=True, db_table='account_user', related_name='accounts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'channel account',
                'verbose_name_plural': 'channel accounts',
                'db_table': 'account',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ['active', 'paused', 'reconnect'])), name='account_state_known'),
                    models.CheckConstraint(condition=models.Q(('share_percent__gte', 0), ('share_percent__lte', 100)), name='account_share_percent'),
                    models.CheckConstraint(condition=models.Q(('holdback__gte', 0)), name='account_holdback_not_negative'),
                    models.CheckConstraint(condition=models.Q(('cap__isnull', True), ('cap__gte', 0), _connector='OR'), name='account_cap_not_negative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='AccountProgress',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='progress', serialize=False, to='channels.account')),
                ('orders_complete_until', models.DateTimeField()),
                ('polled_at', models.DateTimeField(null=True)),
                ('last_order_at', models.DateTimeField(null=True)),
                ('failing_since', models.DateTimeField(null=True)),
                ('failure', models.CharField(blank=True, default='', max_length=300)),
                ('remote_orders_today', models.IntegerField(null=True)),
                ('our_orders_today', models.IntegerField(null=True)),
            ],
            options={
                'db_table': 'account_progress',
            },
        ),
        migrations.CreateModel(
            name='AccountHint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_key', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=12)),
                ('remote_id', models.CharField(max_length=200)),
                ('received_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='channels.account')),
            ],
            options={
                'db_table': 'account_hint',
                'indexes': [
                    models.Index(fields=['account', 'id'], name='account_hint_order'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'message_key'), name='account_hint_once'),
                ],
            },
        ),
        CreatePartitionedModel(
            column='started_at',
            name='ChannelCall',
            fields=[
                ('pk', models.CompositePrimaryKey('account_id', 'started_at', 'public_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField()),
                ('public_id', models.UUIDField(default=entrepot.base.ids.new_public_id)),
                ('operation', models.CharField(max_length=80)),
                ('method', models.CharField(max_length=8)),
                ('url', models.TextField()),
                ('status', models.SmallIntegerField()),
                ('error', models.TextField(blank=True, default='')),
                ('took_ms', models.IntegerField()),
                ('request', models.TextField(blank=True, default='')),
                ('answer', models.TextField(blank=True, default='')),
                ('request_id', models.CharField(blank=True, default='', max_length=120)),
                ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='channels.account')),
            ],
            options={
                'db_table': 'channel_call',
            },
        ),
        migrations.CreateModel(
            name='OperationHealth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operation', models.CharField(max_length=80)),
                ('failures', models.IntegerField(default=0)),
                ('failing_since', models.DateTimeField(null=True)),
                ('open_until', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, default='', max_length=300)),
                ('quota_limit', models.IntegerField(null=True)),
                ('quota_left', models.IntegerField(null=True)),
                ('quota_resets_at', models.DateTimeField(null=True)),
                ('updated_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='operations', to='channels.account')),
            ],
            options={
                'db_table': 'operation_health',
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'operation'), name='operation_health_once'),
                ],
            },
        ),
    ]
