-- Ledgers that do not chain. Each row leads from a state (on hand, reserved) to another; together they must be one way from nothing
-- to their sums, so every state is left as often as it is reached. A changed, lost or invented row breaks that.
-- In:    variants bigint[] or null: all
-- Out:   key (variant), location_id, subject, expected, found
WITH row AS (
    SELECT variant_id, location_id, on_hand_delta, reserved_delta, on_hand_after, reserved_after
      FROM stock_move
     WHERE %(variants)s::bigint[] IS NULL OR variant_id = ANY (%(variants)s::bigint[])
),
total AS (
    SELECT variant_id, location_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved FROM row GROUP BY variant_id, location_id
),
visit AS (
    SELECT variant_id, location_id, on_hand_after AS on_hand, reserved_after AS reserved, 1 AS way FROM row
    UNION ALL
    SELECT variant_id, location_id, on_hand_after - on_hand_delta, reserved_after - reserved_delta, -1 FROM row
    UNION ALL
    SELECT variant_id, location_id, 0, 0, 1 FROM total
    UNION ALL
    SELECT variant_id, location_id, on_hand, reserved, -1 FROM total
),
torn AS (
    SELECT variant_id, location_id, on_hand, reserved, sum(way) AS surplus
      FROM visit
     GROUP BY variant_id, location_id, on_hand, reserved
    HAVING sum(way) <> 0
)
SELECT variant_id AS key, location_id, 'variant ' || variant_id || ' at location ' || location_id AS subject,
       'every state left as often as reached' AS expected,
       string_agg(on_hand || ' on hand and ' || reserved || ' reserved ' || CASE WHEN surplus > 0 THEN 'never left' ELSE 'never reached' END,
                  ', ' ORDER BY on_hand, reserved) AS found
  FROM torn
 GROUP BY variant_id, location_id
 ORDER BY variant_id, location_id;
