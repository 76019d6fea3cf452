-- Keep what a channel answered, drop what is done from the to-do, add what waits, move the cursor; all of it, or nothing when fenced (F41).
-- In:    account; epoch; now; today date; passed bool (false: the lane's own columns stay); cursor bigint; resume_at; waits jsonb; plans bigint; sweep_after; sweep_position bigint
--        (kept only when nobody asked for a new comparison since the plan);
--        receipts, one an offer sent: variants, offers bigint[], quantities int[], versions bigint[], outcomes text[], problems text[] (JSON),
--        allotted bool[], sent_at, answered_at timestamptz[], revised bool[];
--        done_variants, done_offers bigint[], done_not_before timestamptz[] (as read: who asked again meanwhile stays); todo_variants, todo_offers bigint[], todo_ranks int[], todo_not_before timestamptz[], todo_whys text[]
-- Out:   one row: held (0: fenced, nothing was written).
-- Locks: the lane, then its offers; headers, where the caller changes exposure, before.
-- Cost:  one update and one insert a receipt.
WITH held AS (
    UPDATE lane
       SET sending = CASE WHEN %(passed)s::bool THEN '{}' ELSE sending END,
           cursor_xid = CASE WHEN %(passed)s::bool THEN %(cursor)s::bigint ELSE cursor_xid END,
           passed_at = CASE WHEN %(passed)s::bool THEN %(now)s::timestamptz ELSE passed_at END,
           resume_at = CASE WHEN %(passed)s::bool THEN %(resume_at)s::timestamptz ELSE resume_at END,
           waits = CASE WHEN %(passed)s::bool THEN %(waits)s::jsonb ELSE waits END,
           sweep_after = CASE WHEN %(passed)s::bool AND plans = %(plans)s::bigint THEN %(sweep_after)s::timestamptz ELSE sweep_after END,
           sweep_position = CASE WHEN %(passed)s::bool AND plans = %(plans)s::bigint THEN %(sweep_position)s::bigint ELSE sweep_position END
     WHERE account_id = %(account)s AND epoch = %(epoch)s
 RETURNING account_id
),
receipt AS MATERIALIZED (
    SELECT given.*
      FROM held,
           unnest(%(variants)s::bigint[], %(offers)s::bigint[], %(quantities)s::int[], %(versions)s::bigint[], %(outcomes)s::text[],
                  %(problems)s::text[], %(allotted)s::bool[], %(sent_at)s::timestamptz[], %(answered_at)s::timestamptz[], %(revised)s::bool[])
           AS given (variant_id, offer_id, quantity, version, outcome, problems, allotted, sent_at, answered_at, revised)
),
told AS (
    UPDATE offer_shown AS shown
       SET shown = CASE WHEN receipt.outcome = 'live' THEN receipt.quantity ELSE shown.shown END,
           shown_at = CASE WHEN receipt.outcome = 'live' THEN receipt.answered_at ELSE shown.shown_at END,
           shown_version = CASE WHEN receipt.outcome = 'live' THEN receipt.version ELSE shown.shown_version END,
           -- exposed although planned as pooled: switched while the call was on its way
           live_at = CASE WHEN receipt.outcome = 'live' AND (receipt.allotted OR shown.exposure > 0) THEN receipt.answered_at
                          WHEN receipt.outcome = 'refused' AND shown.exposure > 0 THEN coalesce(shown.live_at, receipt.answered_at)
                          ELSE shown.live_at END,
           in_flight = CASE WHEN receipt.outcome = 'live' THEN NULL
                            WHEN receipt.outcome IN ('accepted', 'unknown') THEN receipt.quantity
                            WHEN receipt.allotted AND NOT shown.unknown THEN NULL
                            ELSE shown.in_flight END,
           in_flight_version = CASE WHEN receipt.outcome IN ('accepted', 'unknown') THEN receipt.version ELSE shown.in_flight_version END,
           accepted_at = CASE WHEN receipt.outcome = 'accepted' THEN receipt.answered_at
                              WHEN receipt.outcome IN ('live', 'unknown') OR receipt.allotted THEN NULL
                              ELSE shown.accepted_at END,
           unknown = CASE WHEN receipt.outcome = 'unknown' THEN true
                          WHEN receipt.outcome IN ('live', 'accepted') THEN false
                          ELSE shown.unknown END,
           sent_at = receipt.sent_at,
           refused_quantity = CASE WHEN receipt.outcome = 'refused' THEN receipt.quantity END,
           problems = receipt.problems::jsonb,
           manual_quantity = NULL,
           attempt = shown.attempt + 1,
           revisions = CASE WHEN NOT receipt.revised THEN shown.revisions
                            WHEN shown.revisions_day = %(today)s::date THEN shown.revisions + 1 ELSE 1 END,
           revisions_day = CASE WHEN receipt.revised THEN %(today)s::date ELSE shown.revisions_day END
      FROM receipt
     WHERE shown.variant_id = receipt.variant_id AND shown.offer_id = receipt.offer_id
 RETURNING shown.variant_id, shown.offer_id, shown.attempt
),
kept AS (
    INSERT INTO offer_receipt (variant_id, offer_id, at, attempt, epoch, quantity, version, sent_at, outcome, note)
    SELECT receipt.variant_id, receipt.offer_id, receipt.answered_at, told.attempt, %(epoch)s, receipt.quantity, receipt.version,
           receipt.sent_at, receipt.outcome, left(coalesce(receipt.problems::jsonb -> 0 ->> 'message', ''), 200)
      FROM receipt
      JOIN told USING (variant_id, offer_id)
),
done AS (
    DELETE FROM lane_todo AS todo
     USING held, unnest(%(done_variants)s::bigint[], %(done_offers)s::bigint[], %(done_not_before)s::timestamptz[])
           AS given (variant_id, offer_id, not_before)
     WHERE todo.account_id = held.account_id AND todo.variant_id = given.variant_id AND todo.offer_id = given.offer_id
       AND todo.not_before = given.not_before
),
waiting AS (
    INSERT INTO lane_todo AS todo (account_id, variant_id, offer_id, since, not_before, tries, rank, why)
    SELECT held.account_id, given.variant_id, given.offer_id, %(now)s::timestamptz, given.not_before, 1, given.rank, given.why
      FROM held, unnest(%(todo_variants)s::bigint[], %(todo_offers)s::bigint[], %(todo_not_before)s::timestamptz[], %(todo_ranks)s::int[],
                        %(todo_whys)s::text[]) AS given (variant_id, offer_id, not_before, rank, why)
        ON CONFLICT (account_id, variant_id, offer_id)
        -- a refusal that ends by itself stays the reason: when it is due, the value is forgotten, whatever else it waited for
        DO UPDATE SET not_before = excluded.not_before, rank = excluded.rank, tries = todo.tries + 1,
                      why = CASE WHEN todo.why = 'refused' THEN todo.why ELSE excluded.why END
)
SELECT count(*)::int AS held FROM held;
