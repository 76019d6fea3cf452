-- Headers follow their levels; lanes look again at what changed.
-- In:    variants bigint[]; now
-- Locks: the caller holds the headers.
WITH level AS (
    SELECT header.variant_id, coalesce(sum(level.on_hand), 0)::int AS on_hand, coalesce(sum(level.reserved), 0)::int AS reserved,
           coalesce(sum(greatest(0, level.on_hand - level.reserved - level.safety_stock)), 0)::int AS atp
      FROM variant_stock AS header
      LEFT JOIN stock_level AS level USING (variant_id)
     WHERE header.variant_id = ANY (%(variants)s::bigint[])
     GROUP BY header.variant_id
    HAVING bool_and(coalesce(level.reserved BETWEEN 0 AND level.on_hand, true))
),
repaired AS (
    UPDATE variant_stock AS header
       SET on_hand = level.on_hand, reserved = level.reserved, atp = level.atp, version = header.version + 1, changed_at = %(now)s
      FROM level
     WHERE header.variant_id = level.variant_id
       AND (header.on_hand, header.reserved, header.atp) <> (level.on_hand, level.reserved, level.atp)
 RETURNING header.variant_id, header.version
)
INSERT INTO availability_change (variant_id, version, changed_at, xid)
SELECT variant_id, version, %(now)s, pg_current_xact_id()::text::bigint FROM repaired;
