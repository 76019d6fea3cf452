-- Pictures on the web that products do not show yet, behind those they have.
-- In:    arrays of equal length, one value a picture
INSERT INTO media (product_id, position, url)
SELECT given.product_id, given.place + coalesce((SELECT max(position) + 1 FROM media WHERE media.product_id = given.product_id), 0), given.url
  FROM unnest(%(product_id)s::bigint[], %(place)s::int[], %(url)s::text[]) AS given (product_id, place, url);
