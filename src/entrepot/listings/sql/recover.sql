-- After a crash: what was on its way is of unknown effect and is sent again (PROMISE 5).
-- In:    account; epoch; now
-- Out:   one row an offer: variant_id, offer_id.
WITH held AS (
    SELECT account_id, sending FROM lane WHERE account_id = %(account)s AND epoch = %(epoch)s FOR UPDATE
),
sending AS (
    SELECT key::bigint AS offer_id, value::int AS quantity FROM held, jsonb_each_text(held.sending)
),
doubtful AS (
    SELECT shown.variant_id, shown.offer_id, sending.quantity
      FROM sending JOIN offer_shown AS shown USING (offer_id)
     UNION
    SELECT shown.variant_id, shown.offer_id, shown.in_flight
      FROM held JOIN offer_shown AS shown USING (account_id)
     WHERE shown.in_flight IS NOT NULL AND shown.accepted_at IS NULL AND NOT shown.unknown
       AND shown.offer_id NOT IN (SELECT offer_id FROM sending)
),
uncertain AS (
    UPDATE offer_shown AS shown
       SET unknown = true, in_flight = doubtful.quantity, accepted_at = NULL
      FROM doubtful
     WHERE shown.variant_id = doubtful.variant_id AND shown.offer_id = doubtful.offer_id
 RETURNING shown.account_id, shown.variant_id, shown.offer_id
),
again AS (
    INSERT INTO lane_todo (account_id, variant_id, offer_id, since, not_before, tries, rank, why)
    SELECT account_id, variant_id, offer_id, %(now)s, %(now)s, 0, 0, 'unknown' FROM uncertain
        ON CONFLICT (account_id, variant_id, offer_id) DO UPDATE SET not_before = excluded.not_before, rank = 0
),
emptied AS (
    UPDATE lane SET sending = '{}' FROM held WHERE lane.account_id = held.account_id
)
SELECT variant_id, offer_id FROM uncertain;
