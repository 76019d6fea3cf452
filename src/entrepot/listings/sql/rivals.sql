-- Every offer that takes from these stock variants and is on sale, about to be, or still exposed.
-- In:    variants bigint[] (stock; their headers are locked); offers bigint[] (counted as on sale whatever their state: about to be published);
--        since date
-- Out:   one row an offer, with its parts as arrays. Its weight is set by hand for all offers of a variant, or what each sold since (PROMISE 7).
WITH offered AS (
    SELECT variant_id FROM unnest(%(variants)s::bigint[]) AS stock (variant_id)
     UNION
    SELECT kit_id FROM kit_component WHERE component_id = ANY (%(variants)s::bigint[])
)
SELECT shown.offer_id, shown.variant_id, shown.account_id,
       CASE WHEN bool_or(offer.allotment_weight IS NOT NULL) OVER (PARTITION BY shown.variant_id) THEN coalesce(offer.allotment_weight, 1)
            ELSE greatest(1, demand.units) END AS weight,
       shown.exposure, coalesce(shown.shown, 0) AS shown, shown.in_flight, shown.unknown, shown.refused_quantity,
       shown.live_at IS NULL AND shown.in_flight IS NULL AS settled, account.sale_delay_bound_s + account.live_delay_bound_s AS delay_s,
       NOT offer.recalled AND offer.wanted = 'live'
       AND (offer.state IN ('live', 'pending', 'unknown') OR offer.id = ANY (%(offers)s::bigint[])) AS on_sale,
       NOT offer.recalled AND offer.wanted = 'live' AND offer.state IN ('none', 'ended') AS coming,
       (SELECT array_agg(coalesce(kit.component_id, shown.variant_id) ORDER BY kit.component_id)
          FROM (SELECT) AS one LEFT JOIN kit_component AS kit ON kit.kit_id = shown.variant_id) AS part_variants,
       (SELECT array_agg(coalesce(kit.quantity, 1) ORDER BY kit.component_id)
          FROM (SELECT) AS one LEFT JOIN kit_component AS kit ON kit.kit_id = shown.variant_id) AS part_units
  FROM offered
  JOIN offer_shown AS shown USING (variant_id)
  JOIN offer ON offer.id = shown.offer_id
  JOIN account ON account.id = shown.account_id
 CROSS JOIN LATERAL (SELECT coalesce(sum(units), 0)::int AS units
                       FROM offer_demand
                      WHERE variant_id = shown.variant_id AND offer_id = shown.offer_id AND day > %(since)s::date) AS demand
 WHERE shown.exposure > 0
    OR offer.id = ANY (%(offers)s::bigint[])
    OR (offer.wanted = 'live' AND NOT offer.recalled AND offer.state <> 'refused')
    OR (coalesce(shown.shown, 0) > 0 AND offer.state IN ('live', 'pending', 'unknown'))
 ORDER BY shown.offer_id;
