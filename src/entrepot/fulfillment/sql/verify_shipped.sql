-- Order lines of which our locations shipped more than is fulfilled (the rest of what is fulfilled was shipped elsewhere).
SELECT line.id AS key, 'order line ' || line.id AS subject,
       'at least ' || sum(part.shipped) || ' fulfilled' AS expected, line.fulfilled::text AS found
  FROM fulfillment_line AS part
  JOIN order_line AS line ON line.id = part.order_line_id
 GROUP BY line.id
HAVING sum(part.shipped) > line.fulfilled
 ORDER BY line.id;
