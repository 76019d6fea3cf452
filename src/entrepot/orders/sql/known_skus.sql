-- What an account's SKUs mean here: its offer's variant, else the variant with that SKU.
-- In:    account_id; skus text[] (distinct)
-- Out:   sku, variant_id, is_kit; SKUs that nobody knows are left out
SELECT asked.sku, variant.id AS variant_id, variant.is_kit
  FROM unnest(%(skus)s::text[]) AS asked (sku)
  LEFT JOIN offer ON offer.account_id = %(account_id)s AND offer.channel_sku = asked.sku
  LEFT JOIN variant AS same ON offer.id IS NULL AND upper(same.sku) = upper(asked.sku)
  JOIN variant ON variant.id = coalesce(offer.variant_id, same.id);
