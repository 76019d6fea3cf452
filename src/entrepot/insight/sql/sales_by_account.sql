-- Sales of each account and market in windows that end now.
-- In:    now; hour, day, week: where each window begins; accounts bigint[] or NULL for all; owner bigint or NULL for any
-- Out:   one row an (account, market, period) with orders; revenue in base currency without canceled units; an order whose
--        product units are all canceled, there or here, counts as canceled
-- Cost:  the orders of the longest window by sales_order_placed, and their lines by order
WITH period (name, since) AS (
    VALUES ('hour', %(hour)s::timestamptz), ('day', %(day)s::timestamptz), ('week', %(week)s::timestamptz)
),
placed AS (
    SELECT id, account_id, market, placed_at, base_total_minor, status
      FROM sales_order
     WHERE placed_at > %(week)s AND placed_at <= %(now)s
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
           sum(quantity) > 0 AND sum(kept) = 0 AS canceled,
           coalesce(sum(kept) FILTER (WHERE mine), 0) AS units,
           sum(amount) AS amount,
           coalesce(sum(amount::numeric * kept / nullif(quantity, 0)) FILTER (WHERE mine), 0) AS kept_amount,
           bool_or(mine) AS mine
      FROM line GROUP BY order_id
),
kept AS (
    SELECT placed.*, basket.units, basket.kept_amount, basket.amount,
           placed.status = 'canceled' OR coalesce(basket.canceled, false) AS canceled
      FROM placed LEFT JOIN basket ON basket.order_id = placed.id
     WHERE %(owner)s::bigint IS NULL OR basket.mine
),
sold AS (
    SELECT account_id, market, placed_at, canceled,
           base_total_minor IS NULL AND NOT canceled AS unpriced,
           CASE WHEN canceled THEN 0 ELSE coalesce(units, 0) END AS units,
           CASE WHEN canceled THEN 0 ELSE coalesce(round(base_total_minor * kept_amount / nullif(amount, 0)), 0) END AS revenue
      FROM kept
)
SELECT sold.account_id, sold.market, period.name AS period,
       count(*) FILTER (WHERE NOT sold.canceled)::int AS orders,
       sum(sold.units)::int AS units,
       sum(sold.revenue)::bigint AS revenue_minor,
       count(*) FILTER (WHERE sold.canceled)::int AS canceled_orders,
       count(*) FILTER (WHERE sold.unpriced)::int AS unpriced
  FROM sold JOIN period ON sold.placed_at > period.since
 GROUP BY sold.account_id, sold.market, period.name;
