-- Recalled offers that the channel told to show 0 took, and of which it confirmed 0: each the moment it did. What showed 0 when it was
-- asked counts from then. Looked at before an offer is ended: what is seen later proves the end, not the 0.
-- In:    account
WITH seen AS (
    SELECT evidence.id,
           (SELECT min(receipt.at) FROM offer_receipt AS receipt
             WHERE receipt.variant_id = shown.variant_id AND receipt.offer_id = shown.offer_id AND receipt.at >= evidence.asked_at
               AND receipt.quantity = 0 AND receipt.outcome IN ('live', 'accepted')) AS taken_at,
           CASE WHEN shown.shown = 0 AND shown.in_flight IS NULL THEN greatest(shown.shown_at, evidence.asked_at) END AS confirmed_at
      FROM recall_offer AS evidence
      JOIN recall ON recall.id = evidence.recall_id
      JOIN offer ON offer.id = evidence.offer_id
      JOIN offer_shown AS shown ON shown.variant_id = offer.variant_id AND shown.offer_id = offer.id
     WHERE offer.account_id = %(account)s AND NOT recall.needs_approval AND recall.relisted_at IS NULL
       AND evidence.gone_at IS NULL AND evidence.accepted_at IS NULL AND evidence.zero_at IS NULL
)
UPDATE recall_offer AS evidence
   SET zero_accepted_at = coalesce(evidence.zero_accepted_at, seen.taken_at), zero_at = seen.confirmed_at
  FROM seen
 WHERE seen.id = evidence.id AND (seen.confirmed_at IS NOT NULL OR evidence.zero_accepted_at IS NULL AND seen.taken_at IS NOT NULL);
