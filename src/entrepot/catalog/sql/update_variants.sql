-- Variants that rows of a file changed; the SKU keeps the case it was first typed in.
-- In:    arrays of equal length, one value a variant
UPDATE variant
   SET gtin = given.gtin, options = given.options, price_minor = given.price_minor, cost_minor = given.cost_minor,
       weight_g = given.weight_g, length_mm = given.length_mm, width_mm = given.width_mm, height_mm = given.height_mm,
       low_stock_at = given.low_stock_at
  FROM unnest(%(id)s::bigint[], %(gtin)s::text[], %(options)s::jsonb[], %(price_minor)s::bigint[], %(cost_minor)s::bigint[],
              %(weight_g)s::int[], %(length_mm)s::int[], %(width_mm)s::int[], %(height_mm)s::int[], %(low_stock_at)s::int[])
    AS given (id, gtin, options, price_minor, cost_minor, weight_g, length_mm, width_mm, height_mm, low_stock_at)
 WHERE variant.id = given.id;
