-- The stock variants that offers take from: the variant itself, or a kit's components.
-- In:    variants bigint[] (as offered)
SELECT DISTINCT coalesce(kit.component_id, offered.variant_id) AS variant_id
  FROM unnest(%(variants)s::bigint[]) AS offered (variant_id)
  LEFT JOIN kit_component AS kit ON kit.kit_id = offered.variant_id
 ORDER BY 1;
