-- Revenue of each account on each of the last days, for the curve beside its row.
-- In:    now, since timestamptz; days int; accounts bigint[] or NULL for all
-- Out:   one row an (account, day) with orders; day 0 is the oldest window of 24 hours, days - 1 the one that ends now
WITH placed AS (
    SELECT account_id, base_total_minor,
           least(%(days)s::int - 1, floor(extract(epoch FROM placed_at - %(since)s::timestamptz) / 86400)::int) AS day
      FROM sales_order
     WHERE placed_at > %(since)s AND placed_at <= %(now)s AND status <> 'canceled'
       AND (%(accounts)s::bigint[] IS NULL OR account_id = ANY (%(accounts)s::bigint[]))
)
SELECT account_id, day, coalesce(sum(base_total_minor), 0)::bigint AS revenue_minor FROM placed GROUP BY account_id, day;
