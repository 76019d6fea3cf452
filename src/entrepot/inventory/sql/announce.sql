-- One row in the change log without a movement of stock: safety stock, feed or policy changed.
-- In:    variant, version bigint; now
INSERT INTO availability_change (variant_id, version, changed_at, xid)
VALUES (%(variant)s, %(version)s, %(now)s, pg_current_xact_id()::text::bigint);
