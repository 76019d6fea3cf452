-- Ids for products and variants about to be inserted, so that all of a page can be sent without waiting for an answer.
-- In:    products, variants int
-- Out:   one row an id: kind ('product' or 'variant'), id
SELECT 'product' AS kind, nextval(pg_get_serial_sequence('product', 'id')) AS id FROM generate_series(1, %(products)s)
UNION ALL
SELECT 'variant', nextval(pg_get_serial_sequence('variant', 'id')) FROM generate_series(1, %(variants)s);
