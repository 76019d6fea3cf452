-- Offers to be read back now: accepted ones that wait to be seen live (each time after a longer while), and exposed ones not read
-- for ``every`` (PROMISE 12).
-- In:    account; now; every interval; size
(SELECT offer_id
   FROM offer_shown
  WHERE account_id = %(account)s AND in_flight IS NOT NULL
    AND %(now)s::timestamptz - coalesce(greatest(read_at, accepted_at), sent_at)
        >= greatest(interval '2 seconds', (%(now)s::timestamptz - coalesce(accepted_at, sent_at)) / 4)
  ORDER BY sent_at
  LIMIT %(size)s)
UNION
(SELECT offer_id
   FROM offer_shown
  WHERE account_id = %(account)s AND exposure > 0 AND in_flight IS NULL
    AND (read_at IS NULL OR read_at <= %(now)s::timestamptz - %(every)s::interval)
  ORDER BY read_at NULLS FIRST
  LIMIT %(size)s);
