-- Open fulfillment lines that ask for more than is still reserved for the order line at that place: canceled, or found short.
-- In:    limit
-- Out:   fulfillment_line_id, fulfillment_order_id, order_id, line_id, location_id
-- Cost:  the open fulfillment orders, one probe of reservations a part.
SELECT part.id AS fulfillment_line_id, work.id AS fulfillment_order_id, work.order_id, part.order_line_id AS line_id, work.location_id
  FROM fulfillment_order AS work
  JOIN fulfillment_line AS part ON part.fulfillment_order_id = work.id
  JOIN order_line AS line ON line.id = part.order_line_id
 CROSS JOIN LATERAL (
       SELECT min(coalesce(reservation.quantity, 0) / piece.quantity) AS units
         FROM (SELECT component_id AS variant_id, quantity FROM kit_component WHERE kit_id = line.variant_id
               UNION ALL
               SELECT line.variant_id, 1 WHERE NOT EXISTS (SELECT FROM kit_component WHERE kit_id = line.variant_id)) AS piece
         LEFT JOIN reservation ON reservation.variant_id = piece.variant_id AND reservation.location_id = work.location_id
                              AND reservation.demand_ref = 'order-line:' || line.id) AS here
 WHERE work.state IN ('requested', 'accepted', 'picking', 'packed', 'ready')
   AND part.quantity - part.shipped > here.units
 ORDER BY work.id, part.id
 LIMIT %(limit)s;
