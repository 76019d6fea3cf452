-- Products that rows of a file name or mean, as they are now, with the options their variants have.
-- In:    codes text[]; ids bigint[]
-- Out:   the columns of product; siblings: {"SKU": {"option": "value"}}
SELECT product.id, product.public_id, product.code, product.brand, product.category, product.origin_country, product.hs_code,
       product.option_names, product.version, product.archived_at IS NOT NULL AS archived,
       (SELECT jsonb_object_agg(variant.sku, variant.options)
          FROM variant
         WHERE variant.product_id = product.id AND variant.archived_at IS NULL) AS siblings
  FROM product
 WHERE product.id IN (SELECT unnest(%(ids)s::bigint[])
                      UNION
                      SELECT same.id FROM unnest(%(codes)s::text[]) AS asked (code) JOIN product AS same ON upper(same.code) = upper(asked.code));
