-- Recalled offers whose end was taken and that are still there after the channel's bound: they are ended again.
-- In:    offers bigint[]; patience, now timestamptz
UPDATE offer
   SET state = 'live', next_try_at = %(now)s
 WHERE id = ANY (%(offers)s::bigint[]) AND recalled AND state = 'ended' AND sent_at <= %(patience)s;
