-- On hand, reserved, ATP of variants in SKU order, beside what each channel account shows of them.
-- In:    after text (the SKU before the first), size int, accounts bigint[] or NULL for all, owner bigint or NULL for any,
--        skus text[] (upper case) or NULL for all
-- Out:   one row a variant; shown jsonb array of {account, quantity, at}; a kit's numbers follow from its scarcest component;
--        nothing of a paused location can be sold
-- Cost:  an index scan of variant_sku_once, then a few probes a row
WITH chosen AS MATERIALIZED (
    SELECT v.id, v.sku, v.is_kit, v.options, v.product_id, p.public_id
      FROM variant v JOIN product p ON p.id = v.product_id
     WHERE upper(v.sku) > upper(%(after)s) AND (v.archived_at IS NULL OR %(skus)s::text[] IS NOT NULL)
       AND (%(owner)s::bigint IS NULL OR p.owner_id = %(owner)s)
       AND (%(skus)s::text[] IS NULL OR upper(v.sku) = ANY (%(skus)s::text[]))
     ORDER BY upper(v.sku)
     LIMIT %(size)s
),
closed AS (
    SELECT chosen.id, sum(greatest(0, l.on_hand - l.reserved - l.safety_stock))::int AS atp
      FROM chosen JOIN stock_level l ON l.variant_id = chosen.id
                  JOIN location place ON place.id = l.location_id AND (place.paused OR place.archived_at IS NOT NULL)
     GROUP BY chosen.id
),
kit_place AS (
    SELECT chosen.id, l.location_id,
           min(floor(greatest(0, l.on_hand - l.reserved - l.safety_stock)::numeric / k.quantity))::int AS atp,
           min(floor(l.on_hand::numeric / k.quantity))::int AS on_hand,
           count(*) AS parts
      FROM chosen JOIN kit_component k ON k.kit_id = chosen.id JOIN stock_level l ON l.variant_id = k.component_id
                  JOIN location place ON place.id = l.location_id AND NOT place.paused AND place.archived_at IS NULL
     WHERE chosen.is_kit
     GROUP BY chosen.id, l.location_id
),
kit AS (
    SELECT place.id, sum(place.atp)::int AS atp, sum(place.on_hand)::int AS on_hand
      FROM kit_place place
     WHERE place.parts = (SELECT count(*) FROM kit_component k WHERE k.kit_id = place.id)
     GROUP BY place.id
)
SELECT chosen.id, chosen.sku, chosen.is_kit, chosen.options, chosen.product_id, chosen.public_id,
       CASE WHEN chosen.is_kit THEN coalesce(kit.on_hand, 0) ELSE coalesce(s.on_hand, 0) END AS on_hand,
       CASE WHEN chosen.is_kit THEN 0 ELSE coalesce(s.reserved, 0) END AS reserved,
       CASE WHEN chosen.is_kit THEN coalesce(kit.atp, 0) ELSE coalesce(s.atp, 0) - coalesce(closed.atp, 0) END AS atp,
       coalesce(s.exposed, 0) AS exposed, coalesce(s.allotted, false) AS allotted, s.changed_at,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('account', o.account_id, 'quantity', sh.shown, 'at', sh.shown_at) ORDER BY o.account_id), '[]')
          FROM offer o LEFT JOIN offer_shown sh ON sh.variant_id = o.variant_id AND sh.offer_id = o.id
         WHERE o.variant_id = chosen.id AND o.wanted <> 'draft'
           AND (%(accounts)s::bigint[] IS NULL OR o.account_id = ANY (%(accounts)s::bigint[]))) AS shown
  FROM chosen LEFT JOIN variant_stock s ON s.variant_id = chosen.id LEFT JOIN kit ON kit.id = chosen.id
  LEFT JOIN closed ON closed.id = chosen.id
 ORDER BY upper(chosen.sku);
