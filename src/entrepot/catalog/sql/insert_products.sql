-- New products.
-- In:    now; arrays of equal length, one value a product
INSERT INTO product (id, public_id, code, brand, category, origin_country, hs_code, option_names, attributes, version, created_at, changed_at)
SELECT id, public_id, code, brand, category, origin_country, hs_code, option_names, '{}', 1, %(now)s, %(now)s
  FROM unnest(%(id)s::bigint[], %(public_id)s::uuid[], %(code)s::text[], %(brand)s::text[], %(category)s::text[],
              %(origin_country)s::text[], %(hs_code)s::text[], %(option_names)s::jsonb[])
    AS given (id, public_id, code, brand, category, origin_country, hs_code, option_names);
