-- Recalled offers of which the channel confirmed 0.
-- In:    account; now
UPDATE recall_offer
   SET zero_at = %(now)s
  FROM offer_shown AS shown
 WHERE shown.offer_id = recall_offer.offer_id AND shown.account_id = %(account)s AND shown.shown = 0 AND shown.in_flight IS NULL
   AND recall_offer.gone_at IS NULL AND recall_offer.zero_at IS NULL;
