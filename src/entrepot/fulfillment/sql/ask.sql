-- Ask places for units of order lines: what is reserved there now, besides what was shipped. One open fulfillment order an order and place.
-- In:    now; state text; orders, locations bigint[], public_ids uuid[], one a fulfillment order;
--        line_orders, line_locations, lines bigint[], units int[], one a line
-- Locks: the caller holds the orders.
-- Cost:  one insert a fulfillment order and a line.
WITH work AS (
    INSERT INTO fulfillment_order AS work (public_id, order_id, location_id, mode, state, version, created_at)
    SELECT public_id, order_id, location_id, 'ship', %(state)s::text, 1, %(now)s::timestamptz
      FROM unnest(%(public_ids)s::uuid[], %(orders)s::bigint[], %(locations)s::bigint[]) AS given (public_id, order_id, location_id)
     ORDER BY order_id, location_id
        ON CONFLICT (order_id, location_id) WHERE state IN ('requested', 'accepted', 'picking', 'packed', 'ready')
        DO UPDATE SET version = work.version + 1
    RETURNING id, order_id, location_id
)
INSERT INTO fulfillment_line AS part (fulfillment_order_id, order_line_id, quantity, shipped)
SELECT work.id, given.line_id, given.units, 0
  FROM unnest(%(line_orders)s::bigint[], %(line_locations)s::bigint[], %(lines)s::bigint[], %(units)s::int[])
       AS given (order_id, location_id, line_id, units)
  JOIN work USING (order_id, location_id)
 ORDER BY given.line_id
    ON CONFLICT (fulfillment_order_id, order_line_id) DO UPDATE SET quantity = part.shipped + excluded.quantity;
