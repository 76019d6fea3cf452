-- New variants, no kits.
-- In:    now; arrays of equal length, one value a variant
INSERT INTO variant (id, product_id, sku, gtin, options, price_minor, cost_minor, weight_g, length_mm, width_mm, height_mm, low_stock_at,
                     is_kit, created_at)
SELECT id, product_id, sku, gtin, options, price_minor, cost_minor, weight_g, length_mm, width_mm, height_mm, low_stock_at, false, %(now)s
  FROM unnest(%(id)s::bigint[], %(product_id)s::bigint[], %(sku)s::text[], %(gtin)s::text[], %(options)s::jsonb[],
              %(price_minor)s::bigint[], %(cost_minor)s::bigint[], %(weight_g)s::int[], %(length_mm)s::int[], %(width_mm)s::int[],
              %(height_mm)s::int[], %(low_stock_at)s::int[])
    AS given (id, product_id, sku, gtin, options, price_minor, cost_minor, weight_g, length_mm, width_mm, height_mm, low_stock_at);
