import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import entrepot.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_initial'),
        ('channels', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SalesOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=entrepot.base.ids.new_public_id, editable=False, unique=True)),
                ('channel_order_id', models.CharField(max_length=80)),
                ('market', models.CharField(max_length=2)),
                ('status', models.CharField(max_length=16)),
                ('raw_status', models.CharField(blank=True, default='', max_length=60)),
                ('placed_at', models.DateTimeField()),
                ('remote_updated_at', models.DateTimeField()),
                ('remote_rank', models.SmallIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('total_minor', models.BigIntegerField()),
                ('base_total_minor', models.BigIntegerField(null=True)),
                ('base_rate', models.DecimalField(decimal_places=6, max_digits=18, null=True)),
                ('base_rate_date', models.DateField(null=True)),
                ('country', models.CharField(blank=True, default='', max_length=2)),
                ('region', models.CharField(blank=True, default='', max_length=80)),
                ('postcode_area', models.CharField(blank=True, default='', max_length=8)),
                ('ship_by', models.DateTimeField(null=True)),
                ('cancel_requested_at', models.DateTimeField(null=True)),
                ('on_hold', models.BooleanField(default=False)),
                ('historical', models.BooleanField(default=False)),
                ('closed', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='channels.account')),
            ],
            options={
                'verbose_name': 'order',
                'verbose_name_plural': 'orders',
                'db_table': 'sales_order',
                'indexes': [
                    models.Index(fields=['placed_at'], name='sales_order_placed'),
                    models.Index(condition=models.Q(('closed', False)), fields=['ship_by'], name='sales_order_open'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'channel_order_id'), name='sales_order_once'),
                    models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'paid', 'partly_shipped', 'shipped', 'canceled', 'unknown'])), name='sales_order_status_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OrderEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(max_length=40)),
                ('actor', models.CharField(max_length=80)),
                ('data', models.JSONField(default=dict)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='orders.salesorder')),
            ],
            options={
                'db_table': 'order_event',
                'indexes': [
                    models.Index(fields=['order', 'at'], name='order_event_order'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel_line_id', models.CharField(max_length=80)),
                ('kind', models.CharField(default='product', max_length=8)),
                ('sku', models.CharField(max_length=80)),
                ('title', models.CharField(blank=True, default='', max_length=500)),
                ('quantity', models.IntegerField()),
                ('canceled', models.IntegerField(default=0)),
                ('fulfilled', models.IntegerField(default=0)),
                ('short', models.IntegerField(default=0)),
                ('unit_price_minor', models.BigIntegerField()),
                ('discount_minor', models.BigIntegerField(default=0)),
                ('shipping_minor', models.BigIntegerField(default=0)),
                ('tax_minor', models.BigIntegerField(default=0)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='orders.salesorder')),
                ('variant', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.variant')),
            ],
            options={
                'db_table': 'order_line',
                'indexes': [
                    models.Index(fields=['variant', 'order'], name='order_line_variant'),
                    models.Index(condition=models.Q(('short__gt', 0)), fields=['order'], name='order_line_short'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('order', 'channel_line_id'), name='order_line_once'),
                    models.CheckConstraint(condition=models.Q(('canceled__gte', 0), ('fulfilled__gte', 0), ('quantity__gte', 0), ('short__gte', 0), ('quantity__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('canceled'), '+', models.F('fulfilled')), '+', models.F('short')))), name='order_line_quantities_sound'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OrderNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('author', models.CharField(max_length=80)),
                ('text', models.TextField()),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='orders.salesorder')),
            ],
            options={
                'db_table': 'order_note',
            },
        ),
        migrations.CreateModel(
            name='OrderQuarantine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel_order_id', models.CharField(max_length=80)),
                ('reason', models.CharField(max_length=300)),
                ('sealed', models.BinaryField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('tries', models.IntegerField(default=1)),
                ('resolved_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='channels.account')),
            ],
            options={
                'db_table': 'order_quarantine',
                'constraints': [
                    models.UniqueConstraint(fields=('account', 'channel_order_id'), name='order_quarantine_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OrderBuyer',
            fields=[
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='buyer', serialize=False, to='orders.salesorder')),
                ('sealed', models.BinaryField()),
                ('email_index', models.BinaryField(max_length=16, null=True)),
                ('phone_index', models.BinaryField(max_length=16, null=True)),
                ('name_index', models.BinaryField(max_length=16, null=True)),
                ('purge_after', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'order_buyer',
                'indexes': [models.Index(condition=models.Q(('email_index__isnull', False)), fields=['email_index'], name='order_buyer_email'), models.Index(condition=models.Q(('phone_index__isnull', False)), fields=['phone_index'], name='order_buyer_phone'), models.Index(condition=models.Q(('name_index__isnull', False)), fields=['name_index'], name='order_buyer_name')],
            },
        ),
    ]
