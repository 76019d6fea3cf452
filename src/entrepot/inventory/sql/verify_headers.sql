-- Headers whose totals are not the sums of their levels; levels without a header.
-- In:    variants bigint[] or null: all
WITH level AS (
    SELECT variant_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved, sum(greatest(0, on_hand - reserved - safety_stock)) AS atp
      FROM stock_level
     GROUP BY variant_id
)
SELECT variant_id AS key, 'variant ' || variant_id AS subject,
       'levels: ' || coalesce(level.on_hand, 0) || ' on hand, ' || coalesce(level.reserved, 0) || ' reserved, ' || coalesce(level.atp, 0)
       || ' to promise' AS expected,
       coalesce('header: ' || header.on_hand || ' on hand, ' || header.reserved || ' reserved, ' || header.atp || ' to promise', 'no header')
       AS found
  FROM variant_stock AS header
  FULL JOIN level USING (variant_id)
 WHERE (header.on_hand IS DISTINCT FROM coalesce(level.on_hand, 0) OR header.reserved IS DISTINCT FROM coalesce(level.reserved, 0)
        OR header.atp IS DISTINCT FROM coalesce(level.atp, 0))
   AND (%(variants)s::bigint[] IS NULL OR variant_id = ANY (%(variants)s::bigint[]))
 ORDER BY variant_id;
