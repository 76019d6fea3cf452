-- Open order lines that lack units of a variant (or of every component of a kit) that can be promised now, oldest order first.
-- In:    limit
-- Out:   line_id
SELECT line.id AS line_id
  FROM order_line AS line
  JOIN sales_order ON sales_order.id = line.order_id
 WHERE line.short > 0
   AND line.variant_id IS NOT NULL
   AND NOT sales_order.closed
   AND NOT EXISTS (
       SELECT FROM (SELECT component_id, quantity FROM kit_component WHERE kit_id = line.variant_id
                    UNION ALL
                    SELECT line.variant_id, 1 WHERE NOT EXISTS (SELECT FROM kit_component WHERE kit_id = line.variant_id)) AS part
         LEFT JOIN variant_stock AS stock ON stock.variant_id = part.component_id
        WHERE coalesce(stock.atp - stock.exposed, 0) < part.quantity)
 ORDER BY sales_order.placed_at, line.id
 LIMIT %(limit)s;
