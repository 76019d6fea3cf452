from django.db import migrations

# A plain index serves LIKE 'ABC%' only under the collation C; these serve it under every collation a database may have.
INDEXES = {
    "variant_sku_prefix": "variant (upper(sku) text_pattern_ops)",
    "product_code_prefix": "product (upper(code) text_pattern_ops)",
    "product_text_title_prefix": "product_text (upper(title) text_pattern_ops)",
}


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON {what}", f"DROP INDEX {name}") for name, what in INDEXES.items()
    ]
