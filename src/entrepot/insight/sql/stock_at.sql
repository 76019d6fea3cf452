-- What was on hand and reserved at an instant: today's levels less what the ledger recorded since. So it is exact as far back as the ledger
-- is kept, whatever was dropped before; what came late, dated before the instant, was not known then and is left out.
-- In:    variants bigint[]; at timestamptz
-- Out:   one row a (variant, location) that has a level, the best location first
-- Cost:  the ledger rows of the variants, by the first column of its key; one probe a level
WITH since AS (
    SELECT variant_id, location_id, sum(on_hand_delta)::int AS on_hand, sum(reserved_delta)::int AS reserved
      FROM stock_move
     WHERE variant_id = ANY (%(variants)s::bigint[]) AND recorded_at > %(at)s
     GROUP BY variant_id, location_id
)
SELECT variant.sku, location.code, location.name,
       level.on_hand - coalesce(since.on_hand, 0) AS on_hand,
       level.reserved - coalesce(since.reserved, 0) AS reserved
  FROM stock_level AS level
  JOIN location ON location.id = level.location_id
  JOIN variant ON variant.id = level.variant_id
  LEFT JOIN since USING (variant_id, location_id)
 WHERE level.variant_id = ANY (%(variants)s::bigint[])
 ORDER BY level.variant_id, location.priority, location.code;
