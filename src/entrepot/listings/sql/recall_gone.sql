-- Recalled offers that were read back as gone; a recall whose offers are all gone is confirmed.
-- In:    rows bigint[] (recall_offer); now
WITH gone AS (
    UPDATE recall_offer
       SET gone_at = %(now)s, failure = '', failed_at = NULL
     WHERE id = ANY (%(rows)s::bigint[])
 RETURNING id, recall_id
)
UPDATE recall
   SET confirmed_at = %(now)s
 WHERE id IN (SELECT recall_id FROM gone)
   AND NOT EXISTS (SELECT FROM recall_offer AS other
                    WHERE other.recall_id = recall.id AND other.gone_at IS NULL AND other.id NOT IN (SELECT id FROM gone));
