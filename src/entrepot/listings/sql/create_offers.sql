-- One draft offer a variant on an account, under our own SKU; a variant that has one there keeps it.
-- In:    account; market; now; variants bigint[], public_ids text[], skus text[], prices bigint[] (NULL: the variant's own)
-- Out:   the ids of the account's offers of these variants, old and new, in order.
WITH asked AS (
    SELECT *
      FROM unnest(%(variants)s::bigint[], %(public_ids)s::text[], %(skus)s::text[], %(prices)s::bigint[])
           AS given (variant_id, public_id, sku, price_minor)
),
made AS (
    INSERT INTO offer (public_id, account_id, variant_id, market, channel_sku, remote_id, price_minor, category, attributes, wanted, state,
                       content_wanted, content_confirmed, content_refused, problems, tries, recalled, relist_when_stocked, created_at)
    SELECT public_id::uuid, %(account)s, variant_id, %(market)s, sku, '', price_minor, '', '{}', 'draft', 'none', '', '', '', '[]', 0, false, false,
           %(now)s
      FROM asked
     ORDER BY variant_id
        ON CONFLICT DO NOTHING
 RETURNING id, variant_id
),
shown AS (
    INSERT INTO offer_shown (variant_id, offer_id, account_id, shown_version, in_flight_version, unknown, exposure, attempt, problems, revisions)
    SELECT variant_id, id, %(account)s, 0, 0, false, 0, 0, '[]', 0 FROM made
)
SELECT id FROM made
 UNION
SELECT offer.id FROM offer JOIN asked USING (variant_id) WHERE offer.account_id = %(account)s AND offer.market = %(market)s
 ORDER BY id;
