-- Levels that are not what their ledger sums to (P1).
-- In:    variants bigint[] or null: all
WITH ledger AS (
    SELECT variant_id, location_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved
      FROM stock_move
     GROUP BY variant_id, location_id
)
SELECT variant_id AS key, 'variant ' || variant_id || ' at location ' || location_id AS subject,
       'ledger: ' || coalesce(ledger.on_hand, 0) || ' on hand, ' || coalesce(ledger.reserved, 0) || ' reserved' AS expected,
       'level: ' || coalesce(level.on_hand, 0) || ' on hand, ' || coalesce(level.reserved, 0) || ' reserved' AS found
  FROM stock_level AS level
  FULL JOIN ledger USING (variant_id, location_id)
 WHERE (coalesce(level.on_hand, 0) <> coalesce(ledger.on_hand, 0) OR coalesce(level.reserved, 0) <> coalesce(ledger.reserved, 0))
   AND (%(variants)s::bigint[] IS NULL OR variant_id = ANY (%(variants)s::bigint[]))
 ORDER BY variant_id, location_id;
