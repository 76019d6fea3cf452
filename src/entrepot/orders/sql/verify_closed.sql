-- Orders that are closed with something left to ship, or open with nothing left.
SELECT id AS key, 'order ' || channel_order_id AS subject,
       CASE WHEN closed THEN 'open' ELSE 'closed' END AS expected, CASE WHEN closed THEN 'closed' ELSE 'open' END AS found
  FROM sales_order
 WHERE closed = EXISTS (SELECT FROM order_line AS line WHERE line.order_id = sales_order.id AND line.quantity <> line.canceled + line.fulfilled)
 ORDER BY id;
