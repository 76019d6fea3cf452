-- Units that a channel put back on sale by itself after a cancel or a return, in the order transaction (PROMISE 11).
-- In:    accounts, variants bigint[] (as offered), markets text[], quantities int[], dated_at timestamptz[]
-- Locks: the caller holds the headers. The units come back to ATP in the same transaction, so Σ exposure stays within it.
-- An allotted offer keeps them: dated after the last live write both exposure and the shown number rise; older while a write is on
-- its way or not settled only exposure; older and settled nothing, the write has overwritten it.
WITH back AS MATERIALIZED (
    SELECT *
      FROM unnest(%(accounts)s::bigint[], %(variants)s::bigint[], %(markets)s::text[], %(quantities)s::int[], %(dated_at)s::timestamptz[])
      WITH ORDINALITY AS given (account_id, variant_id, market, quantity, dated_at, ordinal)
),
target AS MATERIALIZED (
    SELECT DISTINCT ON (back.ordinal)
           back.account_id, back.variant_id, back.quantity, back.dated_at, shown.offer_id,
           EXISTS (SELECT FROM variant_stock AS header
                    WHERE header.allotted
                      AND (header.variant_id = back.variant_id
                           OR header.variant_id IN (SELECT component_id FROM kit_component WHERE kit_id = back.variant_id))) AS allotted
      FROM back
     CROSS JOIN LATERAL (
           SELECT * FROM offer_shown WHERE account_id = back.account_id AND variant_id = back.variant_id OFFSET 0) AS shown
     CROSS JOIN LATERAL (SELECT market FROM offer WHERE id = shown.offer_id OFFSET 0) AS offer
     ORDER BY back.ordinal, offer.market = back.market DESC, shown.offer_id
),
noted AS (
    INSERT INTO offer_sale (account_id, variant_id, offer_id, quantity, sold_at)
    SELECT account_id, variant_id, offer_id, -quantity, dated_at FROM target WHERE NOT allotted
),
kept AS MATERIALIZED (
    SELECT shown.variant_id, shown.offer_id,
           coalesce(sum(target.quantity) FILTER (WHERE target.dated_at > shown.shown_at
                                                    OR shown.in_flight IS NOT NULL OR shown.live_at IS NOT NULL), 0)::int AS exposed,
           coalesce(sum(target.quantity) FILTER (WHERE target.dated_at > shown.shown_at), 0)::int AS shown
      FROM target
      JOIN offer_shown AS shown USING (variant_id, offer_id)
     WHERE target.allotted
     GROUP BY shown.variant_id, shown.offer_id
),
raised AS (
    UPDATE offer_shown AS shown
       SET exposure = shown.exposure + kept.exposed, shown = shown.shown + kept.shown
      FROM kept
     WHERE shown.variant_id = kept.variant_id AND shown.offer_id = kept.offer_id
),
total AS (
    SELECT coalesce(kit.component_id, kept.variant_id) AS variant_id, sum(kept.exposed * coalesce(kit.quantity, 1))::int AS moved
      FROM kept
      LEFT JOIN kit_component AS kit ON kit.kit_id = kept.variant_id
     GROUP BY 1
)
UPDATE variant_stock AS header
   SET exposed = header.exposed + total.moved
  FROM total
 WHERE header.variant_id = total.variant_id AND total.moved > 0;
