-- Of some order lines, the open fulfillment lines that ask for more than is still reserved for the order line at that place: canceled, or found short.
-- In:    demand_refs text[]: "order-line:" and the line's id
-- Out:   fulfillment_line_id, fulfillment_order_id, order_id, line_id, location_id
-- Cost:  a probe of fulfillment lines a line, one of reservations a part of it.
SELECT part.id AS fulfillment_line_id, work.id AS fulfillment_order_id, work.order_id, part.order_line_id AS line_id, work.location_id
  FROM unnest(%(demand_refs)s::text[]) AS lowered (demand_ref)
 CROSS JOIN LATERAL (SELECT * FROM fulfillment_line WHERE order_line_id = substr(lowered.demand_ref, 12)::bigint OFFSET 0) AS part
 CROSS JOIN LATERAL (SELECT * FROM fulfillment_order WHERE id = part.fulfillment_order_id OFFSET 0) AS work
 CROSS JOIN LATERAL (SELECT * FROM order_line WHERE id = part.order_line_id OFFSET 0) AS line
 CROSS JOIN LATERAL (
       SELECT min(coalesce(reservation.quantity, 0) / piece.quantity) AS units
         FROM (SELECT component_id AS variant_id, quantity FROM kit_component WHERE kit_id = line.variant_id
               UNION ALL
               SELECT line.variant_id, 1 WHERE NOT EXISTS (SELECT FROM kit_component WHERE kit_id = line.variant_id)) AS piece
         LEFT JOIN reservation ON reservation.variant_id = piece.variant_id AND reservation.location_id = work.location_id
                              AND reservation.demand_ref = 'order-line:' || line.id) AS here
 WHERE work.state IN ('requested', 'accepted', 'picking', 'packed', 'ready')
   AND part.quantity - part.shipped > here.units
 ORDER BY work.id, part.id;
