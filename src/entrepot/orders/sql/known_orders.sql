-- Which of these orders are here already.
-- In:    account_id; channel_order_ids text[]
-- Out:   channel_order_id, id, remote_updated_at, remote_rank
SELECT channel_order_id, id, remote_updated_at, remote_rank
  FROM sales_order
 WHERE account_id = %(account_id)s AND channel_order_id = ANY (%(channel_order_ids)s::text[]);
