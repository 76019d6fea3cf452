-- Orders with units that are reserved somewhere and asked of nobody yet, those reserved first first; locked. An order that somebody
-- else holds is left for the next time.
-- In:    limit
-- Out:   one row an order: order_id; demand_refs text[], of all its lines.
-- Locks: the orders, by id.
-- Cost:  the index of reservations that are asked of nobody, from the oldest until enough orders are found. OFFSET 0 holds the planner
--        to the probes: with stale statistics it reads whole tables instead.
WITH unasked AS MATERIALIZED (
    SELECT sold.order_id
      FROM (SELECT created_at, substr(demand_ref, 12)::bigint AS line_id
              FROM reservation
             WHERE kind = 'order' AND quantity > 0
             ORDER BY created_at
            OFFSET 0) AS reserved
     CROSS JOIN LATERAL (SELECT order_id FROM order_line WHERE id = reserved.line_id OFFSET 0) AS line
     CROSS JOIN LATERAL (SELECT id AS order_id
                           FROM sales_order
                          WHERE id = line.order_id AND NOT closed AND NOT on_hold AND status IN ('paid', 'partly_shipped')
                         OFFSET 0) AS sold
     LIMIT %(limit)s
)
SELECT id AS order_id, ARRAY(SELECT 'order-line:' || line.id FROM order_line AS line WHERE line.order_id = sales_order.id) AS demand_refs
  FROM sales_order
 WHERE id IN (SELECT order_id FROM unasked) AND NOT closed AND NOT on_hold AND status IN ('paid', 'partly_shipped')
 ORDER BY id
   FOR UPDATE SKIP LOCKED;
