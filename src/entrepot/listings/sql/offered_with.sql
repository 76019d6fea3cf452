-- What may be offered from stock variants: themselves and the kits that contain them.
-- In:    variants bigint[] (stock)
SELECT variant_id FROM unnest(%(variants)s::bigint[]) AS stock (variant_id)
 UNION
SELECT kit_id FROM kit_component WHERE component_id = ANY (%(variants)s::bigint[])
 ORDER BY 1;
