-- Variants by SKU, however the case was typed, archived ones too.
-- In:    skus text[]
-- Out:   asked, variant_id; SKUs that nobody knows are left out
-- Cost:  one probe a SKU of the unique index on upper(sku).
SELECT asked.sku AS asked, variant.id AS variant_id
  FROM unnest(%(skus)s::text[]) AS asked (sku)
  JOIN variant ON upper(variant.sku) = upper(asked.sku);
