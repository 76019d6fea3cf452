-- One row in the change log for every variant with stock at these locations: what they feed has changed.
-- In:    locations bigint[]; now
-- Locks: the headers, in variant order.
WITH header AS (
    SELECT variant_id
      FROM variant_stock
     WHERE variant_id IN (SELECT variant_id FROM stock_level WHERE location_id = ANY (%(locations)s::bigint[]) AND on_hand > 0)
     ORDER BY variant_id
       FOR NO KEY UPDATE
),
raised AS (
    UPDATE variant_stock AS stock
       SET version = stock.version + 1, changed_at = %(now)s
      FROM header
     WHERE stock.variant_id = header.variant_id
 RETURNING stock.variant_id, stock.version
)
INSERT INTO availability_change (variant_id, version, changed_at, xid)
SELECT variant_id, version, %(now)s, pg_current_xact_id()::text::bigint FROM raised;
