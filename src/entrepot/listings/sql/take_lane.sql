-- Take an account's lane: from now on what an older holder writes is refused (F41).
-- In:    account; holder text; now
-- Out:   one row: epoch, sending (what the holder before us had on its way).
-- A new lane starts at the present and compares everything once.
INSERT INTO lane (account_id, epoch, cursor_xid, held_by, passed_at, waiting, sending, plans, sweep_after, sweep_position, waits)
VALUES (%(account)s, 1, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, %(holder)s, NULL, 0, '{}', 0, %(now)s, 0, '[]')
    ON CONFLICT (account_id) DO UPDATE SET epoch = lane.epoch + 1, held_by = excluded.held_by
RETURNING epoch, sending;
