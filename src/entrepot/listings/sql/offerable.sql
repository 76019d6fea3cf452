-- Variants that may be offered: there, and not archived.
-- In:    variants bigint[]
SELECT id AS variant_id, sku FROM variant WHERE id = ANY (%(variants)s::bigint[]) AND archived_at IS NULL;
