-- Fulfillment orders whose packages hold other units than their lines say were shipped.
WITH packed AS (
    SELECT package.fulfillment_order_id, content.line AS channel_line_id, sum(content.quantity) AS units
      FROM shipped_package AS package
     CROSS JOIN LATERAL jsonb_to_recordset(package.lines) AS content (line text, quantity int)
     GROUP BY package.fulfillment_order_id, content.line
),
shipped AS (
    SELECT part.fulfillment_order_id, line.channel_line_id, part.shipped AS units
      FROM fulfillment_line AS part
      JOIN order_line AS line ON line.id = part.order_line_id
     WHERE part.shipped > 0
)
SELECT fulfillment_order_id AS key, 'fulfillment order ' || fulfillment_order_id || ', line ' || channel_line_id AS subject,
       'packages: ' || coalesce(packed.units, 0) AS expected, 'shipped: ' || coalesce(shipped.units, 0) AS found
  FROM packed
  FULL JOIN shipped USING (fulfillment_order_id, channel_line_id)
 WHERE coalesce(packed.units, 0) <> coalesce(shipped.units, 0)
 ORDER BY fulfillment_order_id, channel_line_id;
