-- Change the exposure of offers by signed amounts, never below 0, and the headers of what they take from with it.
-- In:    variants, offers bigint[], amounts int[] (one entry an offer); now
-- Locks: the caller holds the headers (lock_stock). Every header that changes gets a new version and a row in the change log: what
--        one offer gives free another may show.
WITH asked AS (
    SELECT * FROM unnest(%(variants)s::bigint[], %(offers)s::bigint[], %(amounts)s::int[]) AS given (variant_id, offer_id, amount)
),
change AS (
    SELECT shown.variant_id, shown.offer_id, greatest(0, shown.exposure + asked.amount) AS exposure,
           greatest(0, shown.exposure + asked.amount) - shown.exposure AS moved
      FROM asked JOIN offer_shown AS shown USING (variant_id, offer_id)
),
exposed AS (
    UPDATE offer_shown AS shown SET exposure = change.exposure
      FROM change
     WHERE shown.variant_id = change.variant_id AND shown.offer_id = change.offer_id
),
total AS (
    SELECT coalesce(kit.component_id, change.variant_id) AS variant_id, sum(change.moved * coalesce(kit.quantity, 1))::int AS moved
      FROM change
      LEFT JOIN kit_component AS kit ON kit.kit_id = change.variant_id
     GROUP BY 1
    HAVING sum(change.moved * coalesce(kit.quantity, 1)) <> 0
),
header AS (
    UPDATE variant_stock AS header
       SET exposed = greatest(0, header.exposed + total.moved), version = header.version + 1, changed_at = %(now)s
      FROM total
     WHERE header.variant_id = total.variant_id
 RETURNING header.variant_id, header.version
)
INSERT INTO availability_change (variant_id, version, changed_at, xid)
SELECT variant_id, version, %(now)s, pg_current_xact_id()::text::bigint FROM header;
