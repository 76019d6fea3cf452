import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import entrepot.base.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MediaBlob',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('mime', models.CharField(max_length=40)),
                ('width', models.IntegerField()),
                ('height', models.IntegerField()),
                ('content', models.BinaryField()),
            ],
            options={
                'db_table': 'media_blob',
            },
        ),
        migrations.CreateModel(
            name='ImportMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('kind', models.CharField(choices=[('products', 'products'), ('orders', 'orders'), ('stock', 'stock')], max_length=12)),
                ('columns', models.JSONField(default=dict)),
                ('settings', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'import_mapping',
                'constraints': [models.UniqueConstraint(fields=('name', 'kind'), name='import_mapping_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=entrepot.base.ids.new_public_id, editable=False, unique=True)),
                ('kind', models.CharField(max_length=12)),
                ('file_name', models.CharField(max_length=255)),
                ('file_digest', models.CharField(max_length=64)),
                ('mapping', models.CharField(max_length=80)),
                ('state', models.CharField(default='running', max_length=12)),
                ('lines', models.IntegerField(default=0)),
                ('imported', models.IntegerField(default=0)),
                ('unchanged', models.IntegerField(default=0)),
                ('rejected', models.JSONField(default=dict)),
                ('report', models.JSONField(default=dict)),
                ('cancel_requested', models.BooleanField(default=False)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'import_run',
                'indexes': [
                    models.Index(fields=['-started_at'], name='import_run_started'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ImportRowError',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.IntegerField()),
                ('column', models.CharField(default='', max_length=120)),
                ('reason', models.CharField(max_length=60)),
                ('message', models.CharField(max_length=500)),
                ('value', models.CharField(default='', max_length=200)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='row_errors', to='catalog.importrun')),
            ],
            options={
                'db_table': 'import_row_error',
                'indexes': [
                    models.Index(fields=['run', 'line'], name='import_row_error_line'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=entrepot.base.ids.new_public_id, editable=False, unique=True)),
                ('code', models.CharField(max_length=80, verbose_name='code')),
                ('brand', models.CharField(blank=True, default='', max_length=80, verbose_name='brand')),
                ('category', models.CharField(blank=True, default='', max_length=120, verbose_name='category')),
                ('origin_country', models.CharField(blank=True, default='', max_length=2, verbose_name='country of origin')),
                ('hs_code', models.CharField(blank=True, default='', max_length=10, verbose_name='HS code')),
                ('option_names', models.JSONField(blank=True, default=list, verbose_name='options')),
                ('attributes', models.JSONField(blank=True, default=dict)),
                ('version', models.IntegerField(default=1)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsible')),
            ],
            options={
                'verbose_name': 'product',
                'verbose_name_plural': 'products',
                'db_table': 'product',
                'indexes': [
                    models.Index(fields=['-changed_at'], name='product_changed'),
                    models.Index(condition=models.Q(('brand', ''), _negated=True), fields=['brand'], name='product_brand'),
                ],
                'constraints': [
                    models.UniqueConstraint(django.db.models.functions.text.Upper('code'), name='product_code_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ProductText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=10)),
                ('title', models.CharField(max_length=500, verbose_name='title')),
                ('description', models.TextField(blank=True, default='', verbose_name='description')),
                ('bullets', models.JSONField(blank=True, default=list, verbose_name='bullet points')),
                ('source_hash', models.CharField(blank=True, default='', max_length=64)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='catalog.product')),
            ],
            options={
                'db_table': 'product_text',
                'constraints': [
                    models.UniqueConstraint(fields=('product', 'language'), name='product_text_language_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Variant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku', models.CharField(max_length=80, verbose_name='SKU')),
                ('gtin', models.CharField(blank=True, default='', max_length=14, verbose_name='GTIN')),
                ('options', models.JSONField(blank=True, default=dict, verbose_name='option values')),
                ('is_kit', models.BooleanField(default=False, verbose_name='kit')),
                ('price_minor', models.BigIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='price')),
                ('cost_minor', models.BigIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='cost')),
                ('weight_g', models.IntegerField(blank=True, null=True, verbose_name='weight, g')),
                ('length_mm', models.IntegerField(blank=True, null=True, verbose_name='length, mm')),
                ('width_mm', models.IntegerField(blank=True, null=True, verbose_name='width, mm')),
                ('height_mm', models.IntegerField(blank=True, null=True, verbose_name='height, mm')),
                ('low_stock_at', models.IntegerField(blank=True, null=True, verbose_name='alert at')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='variants', to='catalog.product')),
            ],
            options={
                'verbose_name': 'variant',
                'verbose_name_plural': 'variants',
                'db_table': 'variant',
                'indexes': [
                    models.Index(condition=models.Q(('gtin', ''), _negated=True), fields=['gtin'], name='variant_gtin', opclasses=['varchar_pattern_ops']),
                    models.Index(condition=models.Q(('low_stock_at__isnull', False)), fields=['low_stock_at'], name='variant_low_stock'),
                ],
                'constraints': [
                    models.UniqueConstraint(django.db.models.functions.text.Upper('sku'), name='variant_sku_once'),
                    models.CheckConstraint(condition=models.Q(('sku', ''), _negated=True), name='variant_sku_not_empty'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Media',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.SmallIntegerField(default=0)),
                ('url', models.URLField(blank=True, default='', max_length=500)),
                ('blob', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.mediablob')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='media', to='catalog.product')),
                ('variant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='media', to='catalog.variant')),
            ],
            options={
                'db_table': 'media',
                'ordering': ['position', 'id'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('blob__isnull', False), ('url', '')), models.Q(('blob__isnull', True), models.Q(('url', ''), _negated=True)), _connector='OR'), name='media_blob_or_url'),
                ],
            },
        ),
        migrations.CreateModel(
            name='KitComponent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.IntegerField()),
                ('component', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='in_kits', to='catalog.variant')),
                ('kit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='components', to='catalog.variant')),
            ],
            options={
                'db_table': 'kit_component',
                'constraints': [
                    models.UniqueConstraint(fields=('kit', 'component'), name='kit_component_once'),
                    models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='kit_component_quantity_positive'),
                    models.CheckConstraint(condition=models.Q(('kit', models.F('component')), _negated=True), name='kit_component_not_itself'),
                ],
            },
        ),
    ]
