-- At the deadline of a recall every offer not confirmed gone is named, with what is known; it is still tried.
-- In:    account; now
UPDATE recall_offer
   SET failure = CASE WHEN recall_offer.accepted_at IS NOT NULL THEN 'ended, and still on the channel'
                      WHEN recall_offer.zero_at IS NOT NULL THEN 'shows 0, and is not ended'
                      ELSE 'the channel has not confirmed anything' END
  FROM recall, offer
 WHERE recall.id = recall_offer.recall_id AND offer.id = recall_offer.offer_id AND offer.account_id = %(account)s
   AND recall_offer.gone_at IS NULL AND recall_offer.failure = '' AND recall.deadline_at <= %(now)s
   AND NOT recall.needs_approval AND recall.relisted_at IS NULL;
