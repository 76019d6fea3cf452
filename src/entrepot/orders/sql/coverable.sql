-- Open order lines that lack units, of which one sell unit (of a kit: every part of one) lies now at a place that feeds the account
-- and is neither reserved nor exposed on a channel; oldest order first.
-- In:    limit
-- Out:   line_id
-- Cost:  the partial index on short lines, a few probes of levels a line.
SELECT line.id AS line_id
  FROM order_line AS line
  JOIN sales_order ON sales_order.id = line.order_id
 WHERE line.short > 0
   AND line.variant_id IS NOT NULL
   AND NOT sales_order.closed
   AND EXISTS (
       SELECT
         FROM location_feed AS feed
         JOIN location ON location.id = feed.location_id
        WHERE feed.account_id = sales_order.account_id
          AND location.archived_at IS NULL AND NOT location.paused AND location.kind <> 'marketplace'
          AND NOT EXISTS (
              SELECT
                FROM (SELECT component_id AS variant_id, quantity FROM kit_component WHERE kit_id = line.variant_id
                      UNION ALL
                      SELECT line.variant_id, 1 WHERE NOT EXISTS (SELECT FROM kit_component WHERE kit_id = line.variant_id)) AS part
                LEFT JOIN stock_level AS level ON level.variant_id = part.variant_id AND level.location_id = feed.location_id
                LEFT JOIN variant_stock AS stock ON stock.variant_id = part.variant_id
               WHERE coalesce(level.on_hand - level.reserved, 0) < part.quantity
                  OR coalesce(stock.on_hand - stock.reserved - stock.exposed, 0) < part.quantity))
 ORDER BY sales_order.placed_at, line.id
 LIMIT %(limit)s;
