-- The lines of new orders.
-- In:    arrays of equal length, one value a line
INSERT INTO order_line (id, order_id, channel_line_id, kind, variant_id, sku, title, quantity, canceled, fulfilled, short,
                        unit_price_minor, discount_minor, shipping_minor, tax_minor)
SELECT *
  FROM unnest(%(id)s::bigint[], %(order_id)s::bigint[], %(channel_line_id)s::text[], %(kind)s::text[], %(variant_id)s::bigint[],
              %(sku)s::text[], %(title)s::text[], %(quantity)s::int[], %(canceled)s::int[], %(fulfilled)s::int[], %(short)s::int[],
              %(unit_price_minor)s::bigint[], %(discount_minor)s::bigint[], %(shipping_minor)s::bigint[], %(tax_minor)s::bigint[]);
