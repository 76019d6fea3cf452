-- The title of each product in the reader's language, else in English, else in any.
-- In:    products bigint[]; language text, two letters
-- Out:   one row a product that has a text
SELECT DISTINCT ON (product_id) product_id, title, language
  FROM product_text
 WHERE product_id = ANY (%(products)s::bigint[])
 ORDER BY product_id, left(language, 2) = %(language)s DESC, left(language, 2) = 'en' DESC, language;
