-- A header's exposed follows the exposures of its offers; lanes look again.
-- In:    variants bigint[]; now
-- Locks: the caller holds the headers.
WITH offered AS (
    SELECT coalesce(kit.component_id, shown.variant_id) AS variant_id, sum(shown.exposure * coalesce(kit.quantity, 1))::int AS units
      FROM offer_shown AS shown
      LEFT JOIN kit_component AS kit ON kit.kit_id = shown.variant_id
     WHERE shown.exposure > 0
     GROUP BY 1
),
repaired AS (
    UPDATE variant_stock AS header
       SET exposed = coalesce(offered.units, 0), version = header.version + 1, changed_at = %(now)s
      FROM unnest(%(variants)s::bigint[]) AS asked (variant_id)
      LEFT JOIN offered USING (variant_id)
     WHERE header.variant_id = asked.variant_id AND header.exposed <> coalesce(offered.units, 0)
 RETURNING header.variant_id, header.version
)
INSERT INTO availability_change (variant_id, version, changed_at, xid)
SELECT variant_id, version, %(now)s, pg_current_xact_id()::text::bigint FROM repaired;
