-- Levels outside 0 <= reserved <= on hand. The constraint refuses them; this looks behind it.
-- In:    variants bigint[] or null: all
SELECT variant_id AS key, 'variant ' || variant_id || ' at location ' || location_id AS subject,
       '0 <= reserved <= on hand' AS expected, on_hand || ' on hand, ' || reserved || ' reserved' AS found
  FROM stock_level
 WHERE (reserved < 0 OR reserved > on_hand)
   AND (%(variants)s::bigint[] IS NULL OR variant_id = ANY (%(variants)s::bigint[]))
 ORDER BY variant_id, location_id;
