-- Mark allotted offers as being sent; their exposure was raised in the same transaction (PROMISE 2).
-- In:    variants, offers bigint[], quantities int[]; account; epoch; now
-- Out:   one row an offer marked; none when fenced. An offer with a write on its way is left out (PROMISE 4).
UPDATE offer_shown AS shown
   SET in_flight = given.quantity, accepted_at = NULL, sent_at = %(now)s
  FROM unnest(%(variants)s::bigint[], %(offers)s::bigint[], %(quantities)s::int[]) AS given (variant_id, offer_id, quantity),
       (SELECT account_id FROM lane WHERE account_id = %(account)s AND epoch = %(epoch)s FOR SHARE) AS held
 WHERE shown.variant_id = given.variant_id AND shown.offer_id = given.offer_id AND shown.account_id = held.account_id
   AND (shown.in_flight IS NULL OR shown.unknown)
RETURNING shown.variant_id, shown.offer_id;
