-- Whether a recalled offer may be ended: the channel confirmed 0, or its open recall was asked for before ``patience``.
-- In:    offer; patience timestamptz
SELECT coalesce((SELECT shown = 0 AND in_flight IS NULL FROM offer_shown WHERE offer_id = %(offer)s), true)
       OR EXISTS (SELECT FROM recall_offer AS evidence JOIN recall ON recall.id = evidence.recall_id
                   WHERE evidence.offer_id = %(offer)s AND evidence.gone_at IS NULL AND evidence.asked_at < %(patience)s
                     AND NOT recall.needs_approval AND recall.relisted_at IS NULL) AS may_end;
