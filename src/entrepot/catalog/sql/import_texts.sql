-- Words of products in the languages of a file.
-- In:    products bigint[]; languages text[]
-- Out:   product_id, language, title, description, bullets
SELECT product_id, language, title, description, bullets
  FROM product_text
 WHERE product_id = ANY (%(products)s::bigint[]) AND language = ANY (%(languages)s::text[]);
