import django.db.models.deletion
import django.db.models.functions.datetime
import entrepot.base.ids
from django.conf import settings
from django.db import migrations, models

from entrepot.base.fields import CreatePartitionedModel


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0002_search_by_prefix'),
        ('channels', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Lane',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='lane', serialize=False, to='channels.account')),
                ('epoch', models.BigIntegerField(default=0)),
                ('cursor_xid', models.BigIntegerField(default=0)),
                ('held_by', models.CharField(blank=True, default='', max_length=80)),
                ('passed_at', models.DateTimeField(null=True)),
                ('waiting', models.IntegerField(default=0)),
                ('oldest_at', models.DateTimeField(null=True)),
                ('sending', models.JSONField(default=dict)),
                ('plans', models.BigIntegerField(default=0)),
                ('resume_at', models.DateTimeField(null=True)),
                ('sweep_after', models.DateTimeField(null=True)),
                ('sweep_position', models.BigIntegerField(default=0)),
                ('content_seen_at', models.DateTimeField(null=True)),
                ('foreign_listings', models.IntegerField(null=True)),
                ('read_back_after', models.DateTimeField(null=True)),
                ('waits', models.JSONField(default=list)),
            ],
            options={
                'db_table': 'lane',
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=entrepot.base.ids.new_public_id, editable=False, unique=True)),
                ('market', models.CharField(max_length=2)),
                ('channel_sku', models.CharField(max_length=80)),
                ('remote_id', models.CharField(blank=True, default='', max_length=200)),
                ('price_minor', models.BigIntegerField(blank=True, null=True, verbose_name='price')),
                ('category', models.CharField(blank=True, default='', max_length=120)),
                ('attributes', models.JSONField(blank=True, default=dict)),
                ('share_percent', models.SmallIntegerField(blank=True, null=True, verbose_name='share of the stock, %')),
                ('cap', models.IntegerField(blank=True, null=True, verbose_name='show at most')),
                ('holdback', models.IntegerField(blank=True, null=True, verbose_name='hold back')),
                ('allotment_weight', models.IntegerField(blank=True, null=True, verbose_name='share when allotted')),
                ('wanted', models.CharField(default='draft', max_length=8)),
                ('state', models.CharField(default='none', max_length=8)),
                ('content_wanted', models.CharField(blank=True, default='', max_length=64)),
                ('content_confirmed', models.CharField(blank=True, default='', max_length=64)),
                ('content_refused', models.CharField(blank=True, default='', max_length=64)),
                ('problems', models.JSONField(blank=True, default=list)),
                ('tries', models.IntegerField(default=0)),
                ('next_try_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('checked_at', models.DateTimeField(null=True)),
                ('price_confirmed_minor', models.BigIntegerField(null=True)),
                ('price_approved_minor', models.BigIntegerField(null=True)),
                ('recalled', models.BooleanField(default=False)),
                ('relist_when_stocked', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.account')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='catalog.variant')),
            ],
            options={
                'verbose_name': 'offer',
                'verbose_name_plural': 'offers',
                'db_table': 'offer',
                'indexes': [
                    models.Index(condition=models.Q(('next_try_at__isnull', False)), fields=['account', 'next_try_at'], name='offer_content_due'),
                    models.Index(condition=models.Q(('state__in', ['pending', 'unknown'])), fields=['account', 'state'], name='offer_unconfirmed'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'market', 'variant'), name='offer_once'),
                    models.UniqueConstraint(fields=('account', 'channel_sku'), name='offer_channel_sku_once'),
                    models.CheckConstraint(condition=models.Q(('wanted__in', ['draft', 'live', 'ended'])), name='offer_wanted_known'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['none', 'pending', 'live', 'ended', 'refused', 'unknown'])), name='offer_state_known'),
                    models.CheckConstraint(condition=models.Q(('price_minor__isnull', True), ('price_minor__gt', 0), _connector='OR'), name='offer_price_positive'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LaneTodo',
            fields=[
                ('pk', models.CompositePrimaryKey('account_id', 'variant_id', 'offer_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('not_before', models.DateTimeField()),
                ('tries', models.IntegerField(default=0)),
                ('rank', models.IntegerField(default=0)),
                ('why', models.CharField(max_length=120)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='channels.account')),
                ('variant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('offer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='listings.offer')),
            ],
            options={
                'db_table': 'lane_todo',
                'indexes': [
                    models.Index(fields=['account', 'rank', 'not_before'], name='lane_todo_due'),
                ],
            },
        ),
        CreatePartitionedModel(
            column='at',
            name='OfferReceipt',
            fields=[
                ('pk', models.CompositePrimaryKey('variant_id', 'offer_id', 'at', 'attempt', blank=True, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('attempt', models.BigIntegerField()),
                ('epoch', models.BigIntegerField()),
                ('quantity', models.IntegerField()),
                ('version', models.BigIntegerField()),
                ('outcome', models.CharField(max_length=10)),
                ('note', models.CharField(default='', max_length=200)),
                ('offer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='listings.offer')),
                ('variant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalog.variant')),
            ],
            options={
                'db_table': 'offer_receipt',
            },
        ),
        migrations.CreateModel(
            name='OfferSale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offer_id', models.BigIntegerField()),
                ('quantity', models.IntegerField()),
                ('sold_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='channels.account')),
                ('variant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalog.variant')),
            ],
            options={
                'db_table': 'offer_sale',
                'indexes': [
                    models.Index(fields=['account', 'offer_id'], name='offer_sale_account'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OfferShown',
            fields=[
                ('pk', models.CompositePrimaryKey('variant_id', 'offer_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('shown', models.IntegerField(null=True)),
                ('shown_at', models.DateTimeField(null=True)),
                ('shown_version', models.BigIntegerField(default=0)),
                ('in_flight', models.IntegerField(null=True)),
                ('in_flight_version', models.BigIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('unknown', models.BooleanField(default=False)),
                ('exposure', models.IntegerField(default=0)),
                ('watermark', models.DateTimeField(null=True)),
                ('live_at', models.DateTimeField(null=True)),
                ('attempt', models.BigIntegerField(default=0)),
                ('refused_quantity', models.IntegerField(null=True)),
                ('manual_quantity', models.IntegerField(null=True)),
                ('problems', models.JSONField(default=list)),
                ('read_at', models.DateTimeField(null=True)),
                ('read_quantity', models.IntegerField(null=True)),
                ('revisions_day', models.DateField(null=True)),
                ('revisions', models.IntegerField(default=0)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.account')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='listings.offer')),
                ('variant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
            ],
            options={
                'db_table': 'offer_shown',
                'indexes': [
                    models.Index(fields=['account', 'variant'], name='offer_shown_account'),
                    models.Index(condition=models.Q(('in_flight__isnull', False)), fields=['account'], name='offer_shown_in_flight'),
                    models.Index(condition=models.Q(('live_at__isnull', False)), fields=['account', 'live_at'], name='offer_shown_unsettled'),
                    models.Index(condition=models.Q(('exposure__gt', 0)), fields=['account', 'read_at'], name='offer_shown_exposed'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('exposure__gte', 0)), name='offer_shown_exposure_not_negative'),
                    models.CheckConstraint(condition=models.Q(('shown__isnull', True), ('shown__gte', 0), _connector='OR'), name='offer_shown_not_negative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Recall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=entrepot.base.ids.new_public_id, editable=False, unique=True)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('asked_at', models.DateTimeField()),
                ('deadline_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('relisted_at', models.DateTimeField(null=True)),
                ('needs_approval', models.BooleanField(default=False)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'recall',
                'indexes': [
                    models.Index(fields=['-asked_at'], name='recall_asked'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RecallOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('zero_at', models.DateTimeField(null=True)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('gone_at', models.DateTimeField(null=True)),
                ('failure', models.CharField(blank=True, default='', max_length=300)),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='listings.offer')),
                ('recall', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='listings.recall')),
            ],
            options={
                'db_table': 'recall_offer',
                'indexes': [
                    models.Index(condition=models.Q(('gone_at__isnull', True)), fields=['offer'], name='recall_offer_open'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('recall', 'offer'), name='recall_offer_once'),
                ],
            },
        ),
        # every receipt updates its row: room on the page keeps the update beside the old version
        migrations.RunSQL('ALTER TABLE offer_shown SET (fillfactor = 70)', migrations.RunSQL.noop),
    ]
