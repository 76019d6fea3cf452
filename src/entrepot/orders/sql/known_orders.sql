-- Which of these orders are here already.
-- In:    account_id; channel_order_ids text[] (distinct)
-- Out:   channel_order_id, id, remote_updated_at, remote_rank
-- Cost:  one index probe an order. OFFSET 0 holds the planner to the probes: a plan kept from when the table was small would read it whole.
SELECT known.channel_order_id, known.id, known.remote_updated_at, known.remote_rank
  FROM unnest(%(channel_order_ids)s::text[]) AS asked (channel_order_id)
 CROSS JOIN LATERAL (
       SELECT * FROM sales_order WHERE account_id = %(account_id)s AND channel_order_id = asked.channel_order_id OFFSET 0) AS known;
