-- What is exposed of stock variants, and which are allotted, without a lock: to explain, not to decide.
-- In:    variants bigint[]
SELECT variant_id, exposed, allotted FROM variant_stock WHERE variant_id = ANY (%(variants)s::bigint[]);
