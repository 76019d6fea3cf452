-- The brands there are, in order.
-- In:    most
-- Out:   one row a brand
-- Cost:  one probe of product_brand a brand, however many products have it
WITH RECURSIVE next AS (
    SELECT min(brand) AS brand, 1 AS place FROM product WHERE brand <> ''
    UNION ALL
    SELECT (SELECT min(product.brand) FROM product WHERE product.brand > next.brand AND product.brand <> ''), next.place + 1
      FROM next
     WHERE next.brand IS NOT NULL AND next.place < %(most)s
)
SELECT brand FROM next WHERE brand IS NOT NULL ORDER BY place;
