-- The open locations that feed an account.
-- In:    account
SELECT feed.location_id
  FROM location_feed AS feed
  JOIN location ON location.id = feed.location_id
 WHERE feed.account_id = %(account)s AND NOT location.paused AND location.archived_at IS NULL AND location.kind <> 'marketplace';
