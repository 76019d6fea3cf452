-- The channel took the end of these offers; the evidence of their open recalls.
-- In:    offers bigint[]; now
UPDATE recall_offer
   SET accepted_at = %(now)s, zero_at = coalesce(zero_at, %(now)s)
 WHERE offer_id = ANY (%(offers)s::bigint[]) AND gone_at IS NULL AND accepted_at IS NULL;
