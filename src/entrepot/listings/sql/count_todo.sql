-- How much waits on a lane, and since when; for the screen.
-- In:    account
-- Out:   one row: due_at, when the first of it may be tried; NULL when nothing waits.
WITH todo AS (
    SELECT count(*)::int AS waiting, min(since) AS oldest, min(not_before) AS due_at FROM lane_todo WHERE account_id = %(account)s
),
counted AS (
    UPDATE lane SET waiting = todo.waiting, oldest_at = todo.oldest FROM todo WHERE lane.account_id = %(account)s
)
SELECT due_at FROM todo;
