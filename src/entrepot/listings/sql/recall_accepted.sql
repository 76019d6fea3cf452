-- The channel took the end of these offers; the evidence of their open recalls. One that waits for a person, or was relisted, asked
-- for nothing.
-- In:    offers bigint[]; now
UPDATE recall_offer AS evidence
   SET accepted_at = %(now)s
  FROM recall
 WHERE recall.id = evidence.recall_id AND NOT recall.needs_approval AND recall.relisted_at IS NULL
   AND evidence.offer_id = ANY (%(offers)s::bigint[]) AND evidence.gone_at IS NULL AND evidence.accepted_at IS NULL;
