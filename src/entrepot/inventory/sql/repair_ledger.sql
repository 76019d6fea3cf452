-- Where on hand is what the ledger says and only reserved is not (a reservation was made or lost beside it), the ledger gets the
-- difference as a row of its own.
-- In:    variants bigint[]; now
-- Locks: the caller holds the headers.
WITH ledger AS (
    SELECT variant_id, location_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved
      FROM stock_move
     WHERE variant_id = ANY (%(variants)s::bigint[])
     GROUP BY variant_id, location_id
),
held AS (
    SELECT variant_id, location_id, sum(quantity) AS units
      FROM reservation
     WHERE variant_id = ANY (%(variants)s::bigint[])
     GROUP BY variant_id, location_id
)
INSERT INTO stock_move (variant_id, source_key, occurred_at, location_id, recorded_at, reason, actor,
                        on_hand_delta, reserved_delta, on_hand_after, reserved_after, note)
SELECT level.variant_id, 'verify:reserved@' || level.location_id, %(now)s, level.location_id, %(now)s, 'correction', 'verify',
       0, level.reserved - ledger.reserved, level.on_hand, level.reserved, 'repaired: reserved is the sum of reservations'
  FROM stock_level AS level
  JOIN ledger USING (variant_id, location_id)
  LEFT JOIN held USING (variant_id, location_id)
 WHERE level.on_hand = ledger.on_hand AND level.reserved = coalesce(held.units, 0) AND level.reserved <> ledger.reserved;
