-- Offers we believe on sale that a full read-back did not meet.
-- In:    account; since; size
SELECT shown.offer_id, offer.channel_sku
  FROM offer_shown AS shown
  JOIN offer ON offer.id = shown.offer_id
 WHERE shown.account_id = %(account)s AND offer.state = 'live' AND (shown.read_at IS NULL OR shown.read_at < %(since)s)
   AND offer.confirmed_at < %(since)s
 ORDER BY shown.offer_id
 LIMIT %(size)s;
