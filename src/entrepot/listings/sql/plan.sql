-- The quantity each offer of one account shall show now, for changed variants and the kits that contain them (ST3).
-- In:    account; variants bigint[] (changed, stock or offered); offers bigint[] (NULL: those on sale; else exactly these, whatever
--        their state)
-- Out:   one row an offer that must be told (all of ``offers``; every allotted one, whose number is decided under lock), zero first,
--        then lowering, small numbers first.
-- Cost:  a probe an offer, a part, a header and its levels; one pass over the account's locations. OFFSET 0 holds the planner to the
--        probes: with stale statistics it reads whole tables instead.
WITH touched AS MATERIALIZED (
    SELECT variant_id FROM unnest(%(variants)s::bigint[]) AS changed (variant_id)
     UNION
    SELECT kit_id FROM kit_component WHERE component_id = ANY (%(variants)s::bigint[])
),
mine AS MATERIALIZED (
    SELECT shown.variant_id, shown.offer_id, shown.unknown, shown.refused_quantity, shown.manual_quantity,
           shown.shown, shown.in_flight, coalesce(shown.in_flight, shown.shown) AS believed,
           shown.revisions, shown.revisions_day,
           offer.channel_sku, offer.remote_id, offer.recalled,
           coalesce(offer.share_percent, account.share_percent) AS share_percent,
           coalesce(offer.cap, account.cap) AS cap,
           coalesce(offer.holdback, account.holdback) AS holdback
      FROM touched
      JOIN account ON account.id = %(account)s
     CROSS JOIN LATERAL (SELECT * FROM offer_shown WHERE account_id = %(account)s AND variant_id = touched.variant_id OFFSET 0) AS shown
     CROSS JOIN LATERAL (SELECT * FROM offer WHERE id = shown.offer_id OFFSET 0) AS offer
     WHERE CASE WHEN %(offers)s::bigint[] IS NULL
                THEN (offer.wanted = 'live' OR offer.recalled) AND offer.state IN ('live', 'pending', 'unknown')
                ELSE offer.id = ANY (%(offers)s::bigint[]) END
),
part AS MATERIALIZED (
    SELECT mine.offer_id, coalesce(kit.component_id, mine.variant_id) AS stock_variant_id, coalesce(kit.quantity, 1) AS units,
           kit.component_id IS NOT NULL AS of_kit
      FROM mine
      LEFT JOIN LATERAL (SELECT component_id, quantity FROM kit_component WHERE kit_id = mine.variant_id OFFSET 0) AS kit ON true
),
place AS MATERIALIZED (
    SELECT feed.location_id
      FROM location_feed AS feed
      JOIN location ON location.id = feed.location_id
     WHERE feed.account_id = %(account)s AND NOT location.paused AND location.archived_at IS NULL AND location.kind <> 'marketplace'
),
shelf AS MATERIALIZED (
    SELECT part.offer_id, part.stock_variant_id, part.units, part.of_kit, level.location_id,
           greatest(0, level.on_hand - level.reserved - level.safety_stock) AS atp
      FROM part
     CROSS JOIN LATERAL (SELECT * FROM stock_level WHERE variant_id = part.stock_variant_id OFFSET 0) AS level
      JOIN place ON place.location_id = level.location_id
),
stocked AS (
    SELECT offer_id, stock_variant_id, sum(atp)::int AS atp
      FROM shelf
     GROUP BY offer_id, stock_variant_id
),
free AS (
    SELECT part.offer_id, count(*) AS parts, bool_or(part.of_kit) AS is_kit, coalesce(sum(stocked.atp), 0)::int AS atp,
           min((coalesce(stocked.atp, 0) - coalesce(header.exposed, 0)) / part.units) AS quantity,
           coalesce(sum(header.version), 0)::bigint AS version,
           coalesce(bool_or(header.allotted), false) AS allotted
      FROM part
      LEFT JOIN stocked USING (offer_id, stock_variant_id)
      LEFT JOIN LATERAL (SELECT version, exposed, allotted FROM variant_stock WHERE variant_id = part.stock_variant_id OFFSET 0) AS header ON true
     GROUP BY part.offer_id
),
place_packs AS (
    SELECT offer_id, location_id, count(*) AS parts, min(atp / units) AS quantity
      FROM shelf
     WHERE of_kit
     GROUP BY offer_id, location_id
),
packed AS (
    SELECT place_packs.offer_id, sum(place_packs.quantity)::int AS quantity
      FROM place_packs
      JOIN free USING (offer_id)
     WHERE place_packs.parts = free.parts
     GROUP BY place_packs.offer_id
),
available AS (
    SELECT mine.*, free.version, free.allotted,
           greatest(0, least(CASE WHEN free.is_kit THEN coalesce(packed.quantity, 0) ELSE free.atp END, free.quantity)) AS available
      FROM mine
      JOIN free USING (offer_id)
      LEFT JOIN packed USING (offer_id)
),
wanted AS (
    SELECT available.*,
           CASE WHEN recalled THEN 0
                ELSE greatest(0, least(coalesce(cap, 2147483647), share_percent::bigint * available / 100 - holdback))::int END AS quantity
      FROM available
)
SELECT variant_id, offer_id, channel_sku, remote_id, quantity, believed, version, allotted, available,
       revisions, revisions_day, unknown, recalled,
       CASE WHEN quantity = 0 THEN 0 WHEN quantity < believed THEN 1 ELSE 2 END AS urgency
  FROM wanted
 WHERE %(offers)s::bigint[] IS NOT NULL
    OR allotted
    OR (quantity IS DISTINCT FROM refused_quantity
        AND (manual_quantity IS NULL OR manual_quantity > available)
        AND (unknown OR believed IS NULL OR quantity < believed
             OR (quantity > believed AND (cap IS NULL OR believed * 2 <= cap))))
 ORDER BY urgency, quantity, offer_id;
