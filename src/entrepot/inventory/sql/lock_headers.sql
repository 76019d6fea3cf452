-- Lock the headers of variants, in variant order: after this no level of theirs changes but by us.
-- In:    variants bigint[]
-- Out:   one row a header: variant_id, version, on_hand, reserved, atp, exposed, allotted. A variant without a header is left out.
-- Locks: variant_stock in variant order.
-- Cost:  one index probe a variant.
SELECT variant_id, version, on_hand, reserved, atp, exposed, allotted
  FROM variant_stock
 WHERE variant_id = ANY (%(variants)s::bigint[])
 ORDER BY variant_id
   FOR NO KEY UPDATE;
