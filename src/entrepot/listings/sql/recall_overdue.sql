-- At the deadline of a recall every offer not confirmed gone is named, with what is known; it is still tried. A sentence in brackets is
-- of the reading, and says more.
-- In:    account; now
WITH late AS (
    SELECT evidence.id, CASE WHEN evidence.accepted_at IS NOT NULL THEN 'ended, and still on the channel'
                             WHEN evidence.zero_at IS NOT NULL THEN 'shows 0, and is not ended'
                             ELSE 'the channel has not confirmed anything' END AS failure
      FROM recall_offer AS evidence
      JOIN recall ON recall.id = evidence.recall_id
      JOIN offer ON offer.id = evidence.offer_id
     WHERE offer.account_id = %(account)s AND evidence.gone_at IS NULL AND evidence.failure NOT LIKE '[%%' AND recall.deadline_at <= %(now)s
       AND NOT recall.needs_approval AND recall.relisted_at IS NULL
)
UPDATE recall_offer AS evidence
   SET failure = late.failure, failed_at = coalesce(evidence.failed_at, %(now)s)
  FROM late
 WHERE late.id = evidence.id AND evidence.failure <> late.failure;
