-- Sales that a channel made, in the order transaction (PROMISE 2, 13). An allotted offer's exposure falls by what it sold, and the sale
-- counts for its demand; a pooled offer's sale is only put down for its lane.
-- In:    accounts, variants bigint[] (as offered), markets text[], quantities int[], sold_at timestamptz[]; now
-- Locks: the caller holds the headers of everything sold.
-- Cost:  probes and one insert a line (OFFSET 0 holds the planner to them); the rest touches only allotted variants.
WITH sale AS MATERIALIZED (
    SELECT *
      FROM unnest(%(accounts)s::bigint[], %(variants)s::bigint[], %(markets)s::text[], %(quantities)s::int[], %(sold_at)s::timestamptz[])
      WITH ORDINALITY AS given (account_id, variant_id, market, quantity, sold_at, ordinal)
),
allotted AS MATERIALIZED (
    SELECT DISTINCT sale.ordinal
      FROM sale
      LEFT JOIN kit_component AS kit ON kit.kit_id = sale.variant_id
      JOIN variant_stock AS header ON header.variant_id = coalesce(kit.component_id, sale.variant_id)
     WHERE header.allotted
),
target AS MATERIALIZED (
    SELECT DISTINCT ON (sale.ordinal)
           sale.account_id, sale.variant_id, sale.quantity, sale.sold_at, shown.offer_id,
           allotted.ordinal IS NOT NULL AS allotted
      FROM sale
      LEFT JOIN allotted USING (ordinal)
     CROSS JOIN LATERAL (
           SELECT * FROM offer_shown WHERE account_id = sale.account_id AND variant_id = sale.variant_id OFFSET 0) AS shown
     CROSS JOIN LATERAL (SELECT market FROM offer WHERE id = shown.offer_id OFFSET 0) AS offer
     ORDER BY sale.ordinal, offer.market = sale.market DESC, shown.offer_id
),
noted AS (
    INSERT INTO offer_sale (account_id, variant_id, offer_id, quantity, sold_at)
    SELECT account_id, variant_id, offer_id, quantity, sold_at FROM target WHERE NOT allotted
),
sold AS MATERIALIZED (
    SELECT shown.variant_id, shown.offer_id, shown.account_id, shown.exposure,
           sum(target.quantity)::int AS quantity,
           coalesce(sum(target.quantity) FILTER (WHERE target.sold_at > shown.shown_at), 0)::int AS after_shown,
           count(*) FILTER (WHERE target.sold_at <= shown.watermark)::int AS breaches,
           max(%(now)s::timestamptz - target.sold_at) FILTER (WHERE target.sold_at <= shown.watermark) AS delay
      FROM target
      JOIN offer_shown AS shown USING (variant_id, offer_id)
     WHERE target.allotted
     GROUP BY shown.variant_id, shown.offer_id, shown.account_id, shown.exposure
),
demand AS (
    INSERT INTO offer_demand AS demand (variant_id, offer_id, day, units)
    SELECT variant_id, offer_id, (sold_at AT TIME ZONE 'UTC')::date, sum(quantity)::int
      FROM target
     WHERE allotted
     GROUP BY 1, 2, 3
     ORDER BY 1, 2, 3
        ON CONFLICT (variant_id, offer_id, day) DO UPDATE SET units = demand.units + excluded.units
),
lowered AS (
    UPDATE offer_shown AS shown
       SET exposure = greatest(0, shown.exposure - sold.quantity), shown = greatest(0, shown.shown - sold.after_shown)
      FROM sold
     WHERE shown.variant_id = sold.variant_id AND shown.offer_id = sold.offer_id
),
total AS (
    SELECT coalesce(kit.component_id, sold.variant_id) AS variant_id,
           sum(least(sold.exposure, sold.quantity) * coalesce(kit.quantity, 1))::int AS moved
      FROM sold
      LEFT JOIN kit_component AS kit ON kit.kit_id = sold.variant_id
     GROUP BY 1
),
header AS (
    UPDATE variant_stock AS header
       SET exposed = greatest(0, header.exposed - total.moved)
      FROM total
     WHERE header.variant_id = total.variant_id
),
breach AS (
    SELECT account_id, sum(breaches)::int AS breaches, max(delay) AS delay FROM sold WHERE breaches > 0 GROUP BY account_id
),
counted AS (
    UPDATE account
       SET breaches = account.breaches + breach.breaches,
           sale_delay_bound_s = greatest(account.sale_delay_bound_s, ceil(extract(epoch FROM breach.delay))::int)
      FROM breach
     WHERE account.id = breach.account_id
)
SELECT account_id, breaches FROM breach;
