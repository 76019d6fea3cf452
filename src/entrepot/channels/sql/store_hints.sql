-- Keep what messages point at, once each by the message's own key.
-- In:    account_id; keys, kinds, remote_ids text[] of equal length; now
-- Out:   nothing; the row count is the number of new hints.
INSERT INTO account_hint (account_id, message_key, kind, remote_id, received_at)
SELECT %(account_id)s, key, kind, remote_id, %(now)s
  FROM unnest(%(keys)s::text[], %(kinds)s::text[], %(remote_ids)s::text[]) AS hint (key, kind, remote_id)
    ON CONFLICT (account_id, message_key) DO NOTHING;
