-- Offers whose shown value is live and whose orders are all known since (PROMISE 3).
-- In:    account; until timestamptz (orders complete to here, less the clock margin)
-- Out:   variant_id, offer_id, exposure, shown.
SELECT variant_id, offer_id, exposure, coalesce(shown, 0) AS shown
  FROM offer_shown
 WHERE account_id = %(account)s AND live_at <= %(until)s AND in_flight IS NULL
 ORDER BY variant_id, offer_id;
