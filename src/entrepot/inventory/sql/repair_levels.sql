-- Levels follow their ledger (on hand) and their reservations (reserved), where the ledger chains and the two agree with each other.
-- In:    variants bigint[]
-- Locks: the caller holds the headers.
WITH row AS (
    SELECT * FROM stock_move WHERE variant_id = ANY (%(variants)s::bigint[])
),
ledger AS (
    SELECT variant_id, location_id, sum(on_hand_delta)::int AS on_hand, sum(reserved_delta)::int AS reserved
      FROM row
     GROUP BY variant_id, location_id
),
visit AS (
    SELECT variant_id, location_id, on_hand_after AS on_hand, reserved_after AS reserved, 1 AS way FROM row
    UNION ALL
    SELECT variant_id, location_id, on_hand_after - on_hand_delta, reserved_after - reserved_delta, -1 FROM row
    UNION ALL
    SELECT variant_id, location_id, 0, 0, 1 FROM ledger
    UNION ALL
    SELECT variant_id, location_id, on_hand, reserved, -1 FROM ledger
),
torn AS (
    SELECT DISTINCT variant_id, location_id
      FROM (SELECT variant_id, location_id FROM visit GROUP BY variant_id, location_id, on_hand, reserved HAVING sum(way) <> 0) AS state
),
held AS (
    SELECT variant_id, location_id, sum(quantity)::int AS units
      FROM reservation
     WHERE variant_id = ANY (%(variants)s::bigint[])
     GROUP BY variant_id, location_id
),
right_level AS (
    SELECT variant_id, location_id, ledger.on_hand, coalesce(held.units, 0) AS reserved
      FROM ledger
      LEFT JOIN held USING (variant_id, location_id)
     WHERE ledger.on_hand >= coalesce(held.units, 0)
       AND NOT EXISTS (SELECT FROM torn WHERE torn.variant_id = ledger.variant_id AND torn.location_id = ledger.location_id)
)
INSERT INTO stock_level AS level (variant_id, location_id, on_hand, reserved, safety_stock)
SELECT variant_id, location_id, on_hand, reserved, 0 FROM right_level
    ON CONFLICT (variant_id, location_id) DO UPDATE SET on_hand = excluded.on_hand, reserved = excluded.reserved
 WHERE (level.on_hand, level.reserved) <> (excluded.on_hand, excluded.reserved);
