-- Recalled offers whose end the channel took, or that were never live there, not yet read back as gone.
-- In:    account; size
SELECT evidence.id, evidence.offer_id, offer.channel_sku
  FROM recall_offer AS evidence
  JOIN offer ON offer.id = evidence.offer_id
  JOIN recall ON recall.id = evidence.recall_id
 WHERE offer.account_id = %(account)s AND evidence.gone_at IS NULL AND NOT recall.needs_approval AND recall.relisted_at IS NULL
   AND (evidence.accepted_at IS NOT NULL OR offer.state IN ('none', 'ended', 'refused'))
 ORDER BY evidence.id
 LIMIT %(size)s;
