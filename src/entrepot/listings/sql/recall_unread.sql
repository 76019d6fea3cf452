-- Recalled offers that cannot be read back, with the channel's words; since when, from the first time.
-- In:    rows bigint[] (recall_offer); failure text; now
UPDATE recall_offer
   SET failure = %(failure)s, failed_at = coalesce(failed_at, %(now)s)
 WHERE id = ANY (%(rows)s::bigint[]);
