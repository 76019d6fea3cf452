-- Let every lane look again at the offers that take from these stock variants.
-- In:    variants bigint[] (stock); now
-- Locks: the caller holds the headers.
WITH header AS (
    UPDATE variant_stock SET version = version + 1, changed_at = %(now)s WHERE variant_id = ANY (%(variants)s::bigint[])
 RETURNING variant_id, version
)
INSERT INTO availability_change (variant_id, version, changed_at, xid)
SELECT variant_id, version, %(now)s, pg_current_xact_id()::text::bigint FROM header;
