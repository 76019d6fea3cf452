-- The one statement that changes stock: levels, headers, the ledger and the change log, together.
-- In:    now, actor; arrays of equal length: variants, locations bigint[]; on_hand, reserved int[] (signed deltas);
--        source_keys text[]; occurred_at timestamptz[]; reasons, notes text[]
-- Out:   one row a header: variant_id, version.
-- Locks: the caller holds the headers (lock_headers); levels in (variant, location) order follow from that.
-- Refuses: a level that would break 0 <= reserved <= on hand (CHECK), a source key used before (primary key).
-- Cost:  one probe a level and a header; one insert a move; one change row a variant whose ATP changed anywhere.
WITH move AS MATERIALIZED (
    SELECT *
      FROM unnest(%(variants)s::bigint[], %(locations)s::bigint[], %(on_hand)s::int[], %(reserved)s::int[],
                  %(source_keys)s::text[], %(occurred_at)s::timestamptz[], %(reasons)s::text[], %(notes)s::text[])
      WITH ORDINALITY
        AS given (variant_id, location_id, on_hand, reserved, source_key, occurred_at, reason, note, ordinal)
),
change AS MATERIALIZED (
    SELECT variant_id, location_id, sum(on_hand)::int AS on_hand, sum(reserved)::int AS reserved
      FROM move
     GROUP BY variant_id, location_id
),
changed AS (
    UPDATE stock_level AS level
       SET on_hand = level.on_hand + change.on_hand, reserved = level.reserved + change.reserved
      FROM change
     WHERE level.variant_id = change.variant_id AND level.location_id = change.location_id
 RETURNING level.variant_id, level.location_id, level.on_hand, level.reserved, level.safety_stock,
           change.on_hand AS on_hand_delta, change.reserved AS reserved_delta
),
opened AS (
    INSERT INTO stock_level AS level (variant_id, location_id, on_hand, reserved, safety_stock)
    SELECT variant_id, location_id, on_hand, reserved, 0
      FROM change
     WHERE NOT EXISTS (
           SELECT FROM stock_level AS old WHERE old.variant_id = change.variant_id AND old.location_id = change.location_id)
     ORDER BY variant_id, location_id
 RETURNING variant_id, location_id, on_hand, reserved, safety_stock, on_hand AS on_hand_delta, reserved AS reserved_delta
),
level AS MATERIALIZED (
    SELECT * FROM changed UNION ALL SELECT * FROM opened
),
ledger AS (
    INSERT INTO stock_move (variant_id, source_key, occurred_at, location_id, recorded_at, reason, actor,
                            on_hand_delta, reserved_delta, on_hand_after, reserved_after, note)
    SELECT move.variant_id, move.source_key, move.occurred_at, move.location_id, %(now)s, move.reason, %(actor)s,
           move.on_hand, move.reserved,
           level.on_hand - level.on_hand_delta + sum(move.on_hand) OVER so_far,
           level.reserved - level.reserved_delta + sum(move.reserved) OVER so_far,
           move.note
      FROM move
      JOIN level USING (variant_id, location_id)
    WINDOW so_far AS (PARTITION BY move.variant_id, move.location_id ORDER BY move.ordinal)
),
total AS (
    SELECT variant_id,
           sum(on_hand_delta)::int AS on_hand,
           sum(reserved_delta)::int AS reserved,
           sum(greatest(0, on_hand - reserved - safety_stock)
               - greatest(0, (on_hand - on_hand_delta) - (reserved - reserved_delta) - safety_stock))::int AS atp,
           bool_or(greatest(0, on_hand - reserved - safety_stock)
                   <> greatest(0, (on_hand - on_hand_delta) - (reserved - reserved_delta) - safety_stock)) AS atp_changed
      FROM level
     GROUP BY variant_id
),
header AS (
    UPDATE variant_stock AS header
       SET version = header.version + 1, changed_at = %(now)s,
           on_hand = header.on_hand + total.on_hand, reserved = header.reserved + total.reserved, atp = header.atp + total.atp
      FROM total
     WHERE header.variant_id = total.variant_id
 RETURNING header.variant_id, header.version, total.atp_changed
),
log AS (
    INSERT INTO availability_change (variant_id, version, changed_at, xid)
    SELECT variant_id, version, %(now)s, pg_current_xact_id()::text::bigint
      FROM header
     WHERE atp_changed
)
SELECT variant_id, version FROM header;
