-- Recalled offers that were read back and are still there: that they could not be read is over; an end taken longer ago than the channel's
-- bound is sent again.
-- In:    offers bigint[]; patience, now timestamptz
WITH read AS (
    UPDATE recall_offer
       SET failure = '', failed_at = NULL
     WHERE offer_id = ANY (%(offers)s::bigint[]) AND gone_at IS NULL AND failure LIKE '[%%'
)
UPDATE offer
   SET state = 'live', next_try_at = %(now)s
 WHERE id = ANY (%(offers)s::bigint[]) AND recalled AND state = 'ended' AND sent_at <= %(patience)s;
