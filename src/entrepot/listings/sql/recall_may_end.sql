-- Whether a recalled offer may be ended: the channel confirmed 0, or the recall was asked for before ``patience``.
-- In:    offer; patience timestamptz
SELECT coalesce((SELECT shown = 0 AND in_flight IS NULL FROM offer_shown WHERE offer_id = %(offer)s), true)
       OR EXISTS (SELECT FROM recall_offer WHERE offer_id = %(offer)s AND gone_at IS NULL AND asked_at < %(patience)s) AS may_end;
