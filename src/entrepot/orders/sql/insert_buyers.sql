-- The sealed buyers of new orders.
-- In:    arrays of equal length, one value an order
INSERT INTO order_buyer (order_id, sealed, email_index, phone_index, name_index, purge_after)
SELECT order_id, sealed, email_index, phone_index, name_index, NULL
  FROM unnest(%(order_id)s::bigint[], %(sealed)s::bytea[], %(email_index)s::bytea[], %(phone_index)s::bytea[], %(name_index)s::bytea[])
    AS given (order_id, sealed, email_index, phone_index, name_index);
