-- Give stock variants a policy, and every offer that takes from them the exposure that goes with it (PROMISE 9).
-- In:    variants bigint[] (stock); allotted bool; reason; now
-- Locks: the caller holds the headers of all parts of all offers concerned, and their lanes.
-- To allotted: exposure is all the channel may still sell: the number shown, a number on its way, and one just leaving (lane.sending);
-- an offer whose orders are not all known since settles later. To pooled: no exposure, unless another part of a kit stays allotted.
WITH offered AS (
    SELECT variant_id FROM unnest(%(variants)s::bigint[]) AS stock (variant_id)
     UNION
    SELECT kit_id FROM kit_component WHERE component_id = ANY (%(variants)s::bigint[])
),
change AS MATERIALIZED (
    SELECT shown.variant_id, shown.offer_id, shown.exposure AS before,
           CASE WHEN other.allotted THEN shown.exposure
                WHEN %(allotted)s THEN coalesce(shown.shown, 0) + coalesce(shown.in_flight, 0)
                                       + coalesce((lane.sending ->> shown.offer_id::text)::int, 0)
                ELSE 0 END AS exposure
      FROM offered
      JOIN offer_shown AS shown USING (variant_id)
      LEFT JOIN lane ON lane.account_id = shown.account_id
     CROSS JOIN LATERAL (
           SELECT EXISTS (SELECT FROM kit_component AS kit JOIN variant_stock AS header ON header.variant_id = kit.component_id
                           WHERE kit.kit_id = shown.variant_id AND header.allotted
                             AND NOT header.variant_id = ANY (%(variants)s::bigint[])) AS allotted) AS other
),
exposed AS (
    UPDATE offer_shown AS shown
       SET exposure = change.exposure,
           live_at = CASE WHEN %(allotted)s AND change.exposure > 0 THEN coalesce(shown.live_at, shown.shown_at)
                          WHEN change.exposure = 0 THEN NULL ELSE shown.live_at END,
           watermark = NULL
      FROM change
     WHERE shown.variant_id = change.variant_id AND shown.offer_id = change.offer_id
),
total AS (
    SELECT coalesce(kit.component_id, change.variant_id) AS variant_id,
           sum((change.exposure - change.before) * coalesce(kit.quantity, 1))::int AS moved
      FROM change
      LEFT JOIN kit_component AS kit ON kit.kit_id = change.variant_id
     GROUP BY 1
),
header AS (
    UPDATE variant_stock AS header
       SET exposed = greatest(0, header.exposed + coalesce(total.moved, 0)),
           allotted = CASE WHEN stock.variant_id IS NULL THEN header.allotted ELSE %(allotted)s END,
           policy_reason = CASE WHEN stock.variant_id IS NULL THEN header.policy_reason ELSE %(reason)s END,
           version = header.version + 1, changed_at = %(now)s
      FROM total
      FULL JOIN unnest(%(variants)s::bigint[]) AS stock (variant_id) ON stock.variant_id = total.variant_id
     WHERE header.variant_id = coalesce(total.variant_id, stock.variant_id)
 RETURNING header.variant_id, header.version
)
INSERT INTO availability_change (variant_id, version, changed_at, xid)
SELECT variant_id, version, %(now)s, pg_current_xact_id()::text::bigint FROM header;
