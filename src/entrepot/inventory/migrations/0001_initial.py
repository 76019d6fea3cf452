import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import entrepot.base.ids
from django.db import migrations, models

from entrepot.base.fields import CreatePartitionedModel


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('base', '0001_initial'),
        ('catalog', '0001_initial'),
        ('channels', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.DateTimeField()),
                ('last', models.DateTimeField()),
                ('rows', models.BigIntegerField()),
                ('root', models.BinaryField(max_length=32)),
                ('previous', models.BinaryField(max_length=32)),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('checkpoint', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'ledger_seal',
            },
        ),
        migrations.CreateModel(
            name='Location',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=entrepot.base.ids.new_public_id, editable=False, unique=True)),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('kind', models.CharField(choices=[('warehouse', 'Warehouse'), ('store', 'Store'), ('wholesaler', 'Wholesaler'), ('3pl', '3PL'), ('marketplace', 'Marketplace')], max_length=12, verbose_name='kind')),
                ('country', models.CharField(max_length=2, verbose_name='country')),
                ('city', models.CharField(blank=True, default='', max_length=80, verbose_name='city')),
                ('postcode', models.CharField(blank=True, default='', max_length=16, verbose_name='postcode')),
                ('street', models.CharField(blank=True, default='', max_length=160, verbose_name='street')),
                ('latitude', models.FloatField(blank=True, null=True)),
                ('longitude', models.FloatField(blank=True, null=True)),
                ('time_zone', models.CharField(default='UTC', max_length=40, verbose_name='time zone')),
                ('opening_hours', models.JSONField(blank=True, default=dict)),
                ('priority', models.SmallIntegerField(default=100, verbose_name='priority')),
                ('paused', models.BooleanField(default=False, verbose_name='paused')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.partner', verbose_name='partner')),
            ],
            options={
                'verbose_name': 'location',
                'verbose_name_plural': 'locations',
                'db_table': 'location',
                'constraints': [
                    models.UniqueConstraint(django.db.models.functions.text.Upper('code'), name='location_code_once'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['warehouse', 'store', 'wholesaler', '3pl', 'marketplace'])), name='location_kind_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Discrepancy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_key', models.CharField(max_length=120)),
                ('reported', models.IntegerField()),
                ('kept', models.IntegerField()),
                ('at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(null=True)),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.location')),
            ],
            options={
                'db_table': 'discrepancy',
                'constraints': [
                    models.UniqueConstraint(fields=('variant', 'location', 'source_key'), name='discrepancy_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LocationFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='channels.account')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='feeds', to='inventory.location')),
            ],
            options={
                'db_table': 'location_feed',
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'location'), name='location_feed_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LoweredReservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('demand_ref', models.CharField(max_length=80)),
            ],
            options={
                'db_table': 'lowered_reservation',
            },
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('pk', models.CompositePrimaryKey('variant_id', 'demand_ref', 'location_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('demand_ref', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=8)),
                ('quantity', models.IntegerField()),
                ('short', models.IntegerField(default=0)),
                ('firm', models.BooleanField(default=False)),
                ('expires_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('location', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.location')),
                ('variant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
            ],
            options={
                'db_table': 'reservation',
                'indexes': [
                    models.Index(fields=['demand_ref'], name='reservation_demand'),
                    models.Index(condition=models.Q(('expires_at__isnull', False)), fields=['expires_at'], name='reservation_expiry'),
                    models.Index(condition=models.Q(('short__gt', 0)), fields=['variant'], name='reservation_short'),
                    models.Index(condition=models.Q(('kind', 'order')), fields=['created_at'], name='reservation_unasked'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('quantity__gte', 0), ('short__gte', 0)), name='reservation_not_negative'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['hold', 'order', 'work'])), name='reservation_kind_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='StockLevel',
            fields=[
                ('pk', models.CompositePrimaryKey('variant_id', 'location_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('on_hand', models.IntegerField(default=0)),
                ('reserved', models.IntegerField(default=0)),
                ('safety_stock', models.IntegerField(default=0)),
                ('reported_at', models.DateTimeField(null=True)),
                ('location', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.location')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
            ],
            options={
                'db_table': 'stock_level',
                'indexes': [
                    models.Index(fields=['location', 'variant'], name='stock_level_location'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('on_hand__gte', models.F('reserved')), ('reserved__gte', 0)), name='stock_level_reserved_within_on_hand'),
                    models.CheckConstraint(condition=models.Q(('safety_stock__gte', 0)), name='stock_level_safety_not_negative'),
                ],
            },
        ),
        CreatePartitionedModel(
            column='occurred_at',
            name='StockMove',
            fields=[
                ('pk', models.CompositePrimaryKey('variant_id', 'source_key', 'occurred_at', blank=True, editable=False, primary_key=True, serialize=False)),
                ('source_key', models.CharField(max_length=120)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=32)),
                ('actor', models.CharField(max_length=80)),
                ('on_hand_delta', models.IntegerField(default=0)),
                ('reserved_delta', models.IntegerField(default=0)),
                ('on_hand_after', models.IntegerField()),
                ('reserved_after', models.IntegerField()),
                ('note', models.CharField(blank=True, default='', max_length=200)),
                ('location', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.location')),
                ('variant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
            ],
            options={
                'db_table': 'stock_move',
            },
        ),
        migrations.CreateModel(
            name='StockReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report_id', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=8)),
                ('counted_at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('lines', models.JSONField()),
                ('applied', models.BooleanField()),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.location')),
            ],
            options={
                'db_table': 'stock_report',
                'constraints': [
                    models.UniqueConstraint(fields=('location', 'report_id'), name='stock_report_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='VariantStock',
            fields=[
                ('variant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='stock', serialize=False, to='catalog.variant')),
                ('version', models.BigIntegerField(default=0)),
                ('on_hand', models.IntegerField(default=0)),
                ('reserved', models.IntegerField(default=0)),
                ('atp', models.IntegerField(default=0)),
                ('exposed', models.IntegerField(default=0)),
                ('allotted', models.BooleanField(default=False)),
                ('policy_reason', models.CharField(blank=True, default='', max_length=80)),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'variant_stock',
                'constraints': [models.CheckConstraint(condition=models.Q(('exposed__gte', 0)), name='variant_stock_exposed_not_negative'), models.CheckConstraint(condition=models.Q(('atp__gte', 0), ('on_hand__gte', models.F('reserved')), ('reserved__gte', 0)), name='variant_stock_totals_sound')],
            },
        ),
        CreatePartitionedModel(
            column='changed_at',
            name='AvailabilityChange',
            fields=[
                ('pk', models.CompositePrimaryKey('variant_id', 'version', 'changed_at', blank=True, editable=False, primary_key=True, serialize=False)),
                ('version', models.BigIntegerField()),
                ('changed_at', models.DateTimeField()),
                ('xid', models.BigIntegerField()),
                ('variant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalog.variant')),
            ],
            options={
                'db_table': 'availability_change',
                'indexes': [models.Index(fields=['xid'], name='availability_change_xid')],
            },
        ),
    ]
