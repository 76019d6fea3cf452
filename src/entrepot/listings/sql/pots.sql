-- ATP of stock variants over the open locations that feed each of some accounts.
-- In:    variants, accounts bigint[]
SELECT level.variant_id, feed.account_id, sum(greatest(0, level.on_hand - level.reserved - level.safety_stock))::int AS atp
  FROM stock_level AS level
  JOIN location ON location.id = level.location_id
  JOIN location_feed AS feed ON feed.location_id = level.location_id
 WHERE level.variant_id = ANY (%(variants)s::bigint[]) AND feed.account_id = ANY (%(accounts)s::bigint[])
   AND NOT location.paused AND location.archived_at IS NULL AND location.kind <> 'marketplace'
 GROUP BY level.variant_id, feed.account_id;
