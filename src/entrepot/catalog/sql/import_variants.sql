-- Variants that rows of a file name, as they are now.
-- In:    skus text[]
-- Out:   asked and the columns of variant; SKUs that nobody knows are left out
SELECT asked.sku AS asked, variant.id, variant.product_id, variant.sku, variant.gtin, variant.options, variant.price_minor, variant.cost_minor,
       variant.weight_g, variant.length_mm, variant.width_mm, variant.height_mm, variant.low_stock_at, variant.archived_at IS NOT NULL AS archived
  FROM unnest(%(skus)s::text[]) AS asked (sku)
  JOIN variant ON upper(variant.sku) = upper(asked.sku);
