import django.db.models.deletion
import entrepot.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('inventory', '0001_initial'),
        ('orders', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='FulfillmentOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=entrepot.base.ids.new_public_id, editable=False, unique=True)),
                ('mode', models.CharField(default='ship', max_length=8)),
                ('state', models.CharField(default='accepted', max_length=20)),
                ('version', models.IntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.location')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fulfillment_orders', to='orders.salesorder')),
            ],
            options={
                'verbose_name': 'fulfillment order',
                'verbose_name_plural': 'fulfillment orders',
                'db_table': 'fulfillment_order',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('state__in', ['requested', 'accepted', 'picking', 'packed', 'shipped', 'delivered', 'ready', 'collected', 'rejected', 'expired', 'withdrawn', 'failed', 'no_show', 'restocked', 'lost', 'returned_to_sender'])), name='fulfillment_order_state_known'),
                    models.CheckConstraint(condition=models.Q(('mode__in', ['ship', 'pickup'])), name='fulfillment_order_mode_known'),
                    models.UniqueConstraint(condition=models.Q(('state__in', ['requested', 'accepted', 'picking', 'packed', 'ready'])), fields=('order', 'location'), name='fulfillment_order_one_open'),
                ],
            },
        ),
        migrations.CreateModel(
            name='FulfillmentLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.IntegerField()),
                ('shipped', models.IntegerField(default=0)),
                ('order_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fulfillment_lines', to='orders.orderline')),
                ('fulfillment_order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='fulfillment.fulfillmentorder')),
            ],
            options={
                'db_table': 'fulfillment_line',
                'constraints': [
                    models.UniqueConstraint(fields=('fulfillment_order', 'order_line'), name='fulfillment_line_once'),
                    models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('quantity__gte', models.F('shipped')), ('shipped__gte', 0)), name='fulfillment_line_sound'),
                ],
            },
        ),
        migrations.CreateModel(
            name='FulfillmentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=80)),
                ('before', models.CharField(max_length=20)),
                ('after', models.CharField(max_length=20)),
                ('reason', models.CharField(blank=True, default='', max_length=120)),
                ('fulfillment_order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='fulfillment.fulfillmentorder')),
            ],
            options={
                'db_table': 'fulfillment_event',
                'constraints': [
                    models.UniqueConstraint(fields=('fulfillment_order', 'key'), name='fulfillment_event_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ShippedPackage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.IntegerField()),
                ('carrier', models.CharField(max_length=40, verbose_name='carrier')),
                ('tracking', models.CharField(blank=True, default='', max_length=80, verbose_name='tracking number')),
                ('lines', models.JSONField()),
                ('shipped_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(null=True)),
                ('refused', models.CharField(blank=True, default='', max_length=300)),
                ('tries', models.IntegerField(default=0)),
                ('next_try_at', models.DateTimeField(null=True)),
                ('fulfillment_order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='fulfillment.fulfillmentorder')),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='orders.salesorder')),
            ],
            options={
                'db_table': 'shipped_package',
                'indexes': [
                    models.Index(condition=models.Q(('told_at__isnull', True)), fields=['next_try_at'], name='shipped_package_untold'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('order', 'reference'), name='shipped_package_once'),
                ],
            },
        ),
    ]
