-- Headers whose exposed is not the sum of the exposures of their offers, kits counted by their parts.
-- In:    variants bigint[] or null: all
WITH offered AS (
    SELECT coalesce(kit.component_id, shown.variant_id) AS variant_id, sum(shown.exposure * coalesce(kit.quantity, 1)) AS units
      FROM offer_shown AS shown
      LEFT JOIN kit_component AS kit ON kit.kit_id = shown.variant_id
     WHERE shown.exposure > 0
     GROUP BY 1
)
SELECT variant_id AS key, 'variant ' || variant_id AS subject,
       'offers: ' || coalesce(offered.units, 0) AS expected, coalesce('header: ' || header.exposed, 'no header') AS found
  FROM variant_stock AS header
  FULL JOIN offered USING (variant_id)
 WHERE header.exposed IS DISTINCT FROM coalesce(offered.units, 0)
   AND (%(variants)s::bigint[] IS NULL OR variant_id = ANY (%(variants)s::bigint[]))
 ORDER BY variant_id;
