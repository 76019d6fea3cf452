-- Give each variant a header; what is there stays.
-- In:    variants bigint[]; now
-- Locks: the new rows, in variant order.
INSERT INTO variant_stock (variant_id, version, on_hand, reserved, atp, exposed, allotted, policy_reason, changed_at)
SELECT variant_id, 0, 0, 0, 0, 0, false, '', %(now)s
  FROM (SELECT DISTINCT unnest(%(variants)s::bigint[]) AS variant_id ORDER BY 1) AS asked
    ON CONFLICT (variant_id) DO NOTHING;
