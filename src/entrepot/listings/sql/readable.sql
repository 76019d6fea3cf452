-- What we believe of offers, as it was before they are read back.
-- In:    account; offers bigint[]
SELECT shown.variant_id, shown.offer_id, shown.shown, shown.in_flight, shown.accepted_at, shown.sent_at, shown.unknown, shown.attempt,
       shown.exposure, offer.channel_sku, offer.state, offer.wanted, offer.recalled, offer.price_confirmed_minor
  FROM offer_shown AS shown
  JOIN offer ON offer.id = shown.offer_id
 WHERE shown.account_id = %(account)s AND shown.offer_id = ANY (%(offers)s::bigint[]);
