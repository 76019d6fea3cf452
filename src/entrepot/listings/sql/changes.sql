-- Every visible change at or after a cursor, and where the cursor may go: the oldest transaction still running.
-- In:    cursor bigint
-- Out:   one row: variants bigint[], oldest timestamptz (of the changes), horizon bigint, newest bigint (no transaction is at or above it).
-- Cost:  one range of the index on xid. A change that commits late lies at or after the horizon, so the next pass sees it.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
       pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS newest,
       coalesce(array_agg(DISTINCT change.variant_id), '{}') AS variants,
       min(change.changed_at) AS oldest
  FROM availability_change AS change
 WHERE change.xid >= %(cursor)s::bigint;
