-- Levels whose reserved is not the sum of their open reservations (IN2).
-- In:    variants bigint[] or null: all
WITH held AS (
    SELECT variant_id, location_id, sum(quantity) AS units FROM reservation GROUP BY variant_id, location_id
)
SELECT variant_id AS key, 'variant ' || variant_id || ' at location ' || location_id AS subject,
       'reservations: ' || coalesce(held.units, 0) AS expected, 'level: ' || coalesce(level.reserved, 0) || ' reserved' AS found
  FROM stock_level AS level
  FULL JOIN held USING (variant_id, location_id)
 WHERE coalesce(level.reserved, 0) <> coalesce(held.units, 0)
   AND (%(variants)s::bigint[] IS NULL OR variant_id = ANY (%(variants)s::bigint[]))
 ORDER BY variant_id, location_id;
