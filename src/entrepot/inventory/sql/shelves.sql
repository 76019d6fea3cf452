-- What each location holds of these variants, best location first. Read after lock_headers, in a statement of its own,
-- so that the snapshot is younger than the lock.
-- In:    variants bigint[]; account_id bigint or null: only locations that feed this account
--        A marketplace's own stock is never ours to promise.
-- Out:   variant_id, location_id, on_hand, reserved, safety_stock; by variant, then priority, then code
SELECT level.variant_id, level.location_id, level.on_hand, level.reserved, level.safety_stock
  FROM stock_level AS level
  JOIN location ON location.id = level.location_id
 WHERE level.variant_id = ANY (%(variants)s::bigint[])
   AND (%(account_id)s::bigint IS NULL
        OR EXISTS (SELECT FROM location_feed AS feed WHERE feed.account_id = %(account_id)s AND feed.location_id = level.location_id))
   AND location.archived_at IS NULL
   AND NOT location.paused
   AND location.kind <> 'marketplace'
 ORDER BY level.variant_id, location.priority, location.code;
