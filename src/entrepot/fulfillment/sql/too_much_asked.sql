-- Open fulfillment lines that ask for more than is still reserved for the order line at that place: canceled, or found short.
-- In:    limit
-- Out:   fulfillment_line_id, fulfillment_order_id, order_id, line_id, location_id
SELECT part.id AS fulfillment_line_id, work.id AS fulfillment_order_id, work.order_id, part.order_line_id AS line_id, work.location_id
  FROM fulfillment_order AS work
  JOIN fulfillment_line AS part ON part.fulfillment_order_id = work.id
  JOIN order_line AS line ON line.id = part.order_line_id
 WHERE work.state IN ('requested', 'accepted', 'picking', 'packed', 'ready')
   AND part.quantity - part.shipped > line.quantity - line.canceled - line.fulfilled - line.short
 ORDER BY work.id, part.id
 LIMIT %(limit)s;
