-- Where the units of some orders are reserved, in sell units (of a kit, whole kits).
-- In:    orders bigint[]
-- Out:   one row an order line and place: order_id, location_id, line_id, units.
-- Cost:  one probe of reservations a line, or a part of a kit.
WITH piece AS (
    SELECT line.id, line.order_id, coalesce(kit.component_id, line.variant_id) AS variant_id, coalesce(kit.quantity, 1) AS units,
           count(*) OVER (PARTITION BY line.id) AS pieces
      FROM order_line AS line
      LEFT JOIN kit_component AS kit ON kit.kit_id = line.variant_id
     WHERE line.order_id = ANY (%(orders)s::bigint[]) AND line.variant_id IS NOT NULL
)
SELECT piece.order_id, held.location_id, piece.id AS line_id, min(held.quantity / piece.units)::int AS units
  FROM piece
 CROSS JOIN LATERAL (SELECT location_id, quantity
                       FROM reservation
                      WHERE variant_id = piece.variant_id AND demand_ref = 'order-line:' || piece.id
                     OFFSET 0) AS held
 GROUP BY piece.order_id, held.location_id, piece.id, piece.pieces
HAVING count(*) = piece.pieces AND min(held.quantity / piece.units) > 0
 ORDER BY piece.order_id, held.location_id, piece.id;
