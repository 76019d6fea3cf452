-- Paid orders with units that are reserved somewhere and asked of nobody yet, oldest first.
-- In:    limit
-- Out:   order_id
-- Cost:  the partial index of open orders, one probe of reservations a line.
SELECT sales_order.id AS order_id
  FROM sales_order
 WHERE NOT closed
   AND NOT on_hold
   AND status IN ('paid', 'partly_shipped')
   AND EXISTS (SELECT
                 FROM order_line AS line
                 JOIN reservation ON reservation.demand_ref = 'order-line:' || line.id
                WHERE line.order_id = sales_order.id AND reservation.kind = 'order' AND reservation.quantity > 0)
 ORDER BY sales_order.id
 LIMIT %(limit)s;
