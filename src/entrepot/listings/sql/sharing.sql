-- Pairs of accounts that an open location feeds both.
-- In:    accounts bigint[]
SELECT DISTINCT one.account_id, other.account_id AS with_account_id
  FROM location_feed AS one
  JOIN location_feed AS other USING (location_id)
  JOIN location ON location.id = one.location_id
 WHERE one.account_id = ANY (%(accounts)s::bigint[]) AND other.account_id = ANY (%(accounts)s::bigint[])
   AND NOT location.paused AND location.archived_at IS NULL AND location.kind <> 'marketplace';
