-- New orders of one account. One that came in between by another door is an error, and the batch is taken again. In the order of
-- their numbers, so that two doors with the same orders wait for each other in one order.
-- In:    account_id, now, historical; arrays of equal length, one value an order
INSERT INTO sales_order (id, public_id, account_id, channel_order_id, market, status, raw_status, placed_at, remote_updated_at,
                         remote_rank, currency, total_minor, base_total_minor, base_rate, base_rate_date, country, region,
                         postcode_area, ship_by, cancel_requested_at, on_hold, historical, closed, created_at)
SELECT id, public_id, %(account_id)s, channel_order_id, market, status, raw_status, placed_at, remote_updated_at,
       remote_rank, currency, total_minor, base_total_minor, base_rate, base_rate_date, country, region,
       postcode_area, ship_by, cancel_requested_at, false, %(historical)s, closed, %(now)s
  FROM unnest(%(id)s::bigint[], %(public_id)s::uuid[], %(channel_order_id)s::text[], %(market)s::text[], %(status)s::text[],
              %(raw_status)s::text[], %(placed_at)s::timestamptz[], %(remote_updated_at)s::timestamptz[],
              %(remote_rank)s::smallint[], %(currency)s::text[], %(total_minor)s::bigint[], %(base_total_minor)s::bigint[],
              %(base_rate)s::numeric[], %(base_rate_date)s::date[], %(country)s::text[], %(region)s::text[],
              %(postcode_area)s::text[], %(ship_by)s::timestamptz[], %(cancel_requested_at)s::timestamptz[], %(closed)s::boolean[])
    AS given (id, public_id, channel_order_id, market, status, raw_status, placed_at, remote_updated_at, remote_rank, currency,
              total_minor, base_total_minor, base_rate, base_rate_date, country, region, postcode_area, ship_by,
              cancel_requested_at, closed)
 ORDER BY channel_order_id;
