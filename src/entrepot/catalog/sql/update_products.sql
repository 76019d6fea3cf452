-- Products that rows of a file changed, in themselves or in their variants, words or pictures.
-- In:    now; arrays of equal length, one value a product
UPDATE product
   SET brand = given.brand, category = given.category, origin_country = given.origin_country, hs_code = given.hs_code,
       option_names = given.option_names, version = product.version + 1, changed_at = %(now)s
  FROM unnest(%(id)s::bigint[], %(brand)s::text[], %(category)s::text[], %(origin_country)s::text[], %(hs_code)s::text[],
              %(option_names)s::jsonb[])
    AS given (id, brand, category, origin_country, hs_code, option_names)
 WHERE product.id = given.id;
