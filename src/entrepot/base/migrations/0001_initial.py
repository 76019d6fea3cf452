from django.db import migrations

# The app role owns no table, so months ahead are made by this function of the owner. A month whose rows already lie
# in the default partition stays there.
MAKE_PARTITION = """
CREATE FUNCTION entrepot_make_partition(parent regclass, month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part text := parent::text || '_' || to_char(month, 'YYYYMM');
    first timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    next timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
    IF parent::text NOT IN ('channel_call', 'stock_move', 'availability_change', 'offer_receipt') THEN
        RAISE EXCEPTION 'not a partitioned table of Entrepot: %', parent;
    END IF;
    IF to_regclass(part) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, parent::text, first, next);
    RETURN true;
EXCEPTION
    WHEN check_violation OR duplicate_table THEN
        RETURN false;
END
$$;
REVOKE ALL ON FUNCTION entrepot_make_partition(regclass, date) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(MAKE_PARTITION, "DROP FUNCTION entrepot_make_partition(regclass, date)")]
