-- Revenue of each account on each of the last days, for the curve beside its row: the same share of an order as sales_by_account.
-- In:    now, since timestamptz; days int; accounts bigint[] or NULL for all; owner bigint or NULL for any
-- Out:   one row an (account, day) with orders; day 0 is the oldest window of 24 hours, days - 1 the one that ends now;
--        revenue in base currency without canceled units
-- Cost:  the orders of the days by sales_order_placed, and their lines by order
WITH placed AS (
    SELECT id, account_id, base_total_minor,
           least(%(days)s::int - 1, floor(extract(epoch FROM placed_at - %(since)s::timestamptz) / 86400)::int) AS day
      FROM sales_order
     WHERE placed_at > %(since)s AND placed_at <= %(now)s AND status <> 'canceled'
       AND (%(accounts)s::bigint[] IS NULL OR account_id = ANY (%(accounts)s::bigint[]))
),
line AS (
    SELECT l.order_id,
           l.quantity - l.canceled AS kept,
           l.unit_price_minor * l.quantity - l.discount_minor AS amount,
           %(owner)s::bigint IS NULL OR p.owner_id = %(owner)s AS mine,
           l.quantity
      FROM placed JOIN order_line l ON l.order_id = placed.id AND l.kind = 'product'
                  LEFT JOIN variant v ON v.id = l.variant_id
                  LEFT JOIN product p ON p.id = v.product_id
),
basket AS (
    SELECT order_id,
           sum(amount) AS amount,
           sum(amount::numeric * kept / nullif(quantity, 0)) FILTER (WHERE mine) AS kept_amount
      FROM line GROUP BY order_id
)
SELECT placed.account_id, placed.day,
       coalesce(sum(round(placed.base_total_minor * basket.kept_amount / nullif(basket.amount, 0))), 0)::bigint AS revenue_minor
  FROM placed JOIN basket ON basket.order_id = placed.id
 GROUP BY placed.account_id, placed.day;
