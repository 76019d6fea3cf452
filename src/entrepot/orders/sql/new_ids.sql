-- Ids for orders and lines about to be inserted, so that all of a batch can be sent without waiting for an answer.
-- In:    orders, lines int
-- Out:   one row an id: kind ('order' or 'line'), id
SELECT 'order' AS kind, nextval('sales_order_id_seq') AS id FROM generate_series(1, %(orders)s)
UNION ALL
SELECT 'line', nextval('order_line_id_seq') FROM generate_series(1, %(lines)s);
