-- Words of products, new or changed.
-- In:    arrays of equal length, one value a text
INSERT INTO product_text (product_id, language, title, description, bullets, source_hash)
SELECT product_id, language, title, description, bullets, ''
  FROM unnest(%(product_id)s::bigint[], %(language)s::text[], %(title)s::text[], %(description)s::text[], %(bullets)s::jsonb[])
    AS given (product_id, language, title, description, bullets)
    ON CONFLICT (product_id, language) DO UPDATE
   SET title = excluded.title, description = excluded.description, bullets = excluded.bullets;
