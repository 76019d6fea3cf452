-- Put every offer of the account that sells these variants, or a kit with them, on the lane's to-do.
-- In:    account; epoch; variants bigint[]; now, not_before timestamptz; why text
-- Out:   nothing. One statement however many they are; what is there waits no longer than this and gets the present
--        stock as its rank: a number that waits for tomorrow may be another one now, and lower.
WITH held AS (
    SELECT account_id FROM lane WHERE account_id = %(account)s AND epoch = %(epoch)s
),
touched AS (
    SELECT variant_id FROM unnest(%(variants)s::bigint[]) AS changed (variant_id)
     UNION
    SELECT kit_id FROM kit_component WHERE component_id = ANY (%(variants)s::bigint[])
)
INSERT INTO lane_todo AS todo (account_id, variant_id, offer_id, since, not_before, tries, rank, why)
SELECT held.account_id, shown.variant_id, shown.offer_id, %(now)s, %(not_before)s, 0, coalesce(header.atp, 0), %(why)s
  FROM held
 CROSS JOIN touched
  JOIN offer_shown AS shown ON shown.account_id = held.account_id AND shown.variant_id = touched.variant_id
  JOIN offer ON offer.id = shown.offer_id AND (offer.wanted = 'live' OR offer.recalled) AND offer.state IN ('live', 'pending', 'unknown')
  LEFT JOIN variant_stock AS header ON header.variant_id = shown.variant_id
    ON CONFLICT (account_id, variant_id, offer_id) DO UPDATE SET rank = excluded.rank, not_before = least(todo.not_before, excluded.not_before);
