-- Our offers under these names of the channel.
-- In:    account; skus text[]
SELECT id AS offer_id, channel_sku FROM offer WHERE account_id = %(account)s AND channel_sku = ANY (%(skus)s::text[]);
