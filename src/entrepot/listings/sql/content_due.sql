-- Offers of one account whose content, price or state may have to change, with all that a connector needs.
-- In:    account; now; size; base_currency
-- Out:   one row an offer, the longest due first. Text in the account's language, else its base language, English, any.
-- Cost:  the due offers by index; a probe a text, a picture and a sibling.
WITH due AS MATERIALIZED (
    SELECT *
      FROM offer
     WHERE account_id = %(account)s AND next_try_at <= %(now)s
     ORDER BY next_try_at, id
     LIMIT %(size)s
)
SELECT due.id AS offer_id, due.variant_id, due.market, due.channel_sku, due.remote_id, due.category, due.attributes,
       due.wanted, due.state, due.content_wanted, due.content_confirmed, due.content_refused, due.tries, due.sent_at, due.next_try_at,
       due.recalled, due.relist_when_stocked, due.price_confirmed_minor, due.price_approved_minor,
       coalesce(due.price_minor, CASE WHEN account.currency = %(base_currency)s THEN variant.price_minor END) AS price_minor,
       account.currency, account.language, account.settings,
       variant.sku, variant.gtin, variant.options, variant.weight_g, variant.archived_at,
       product.code, product.brand, product.option_names, product.attributes AS product_attributes,
       words.title, words.description, words.bullets, words.language AS text_language,
       coalesce(pictures.found, '[]') AS pictures, coalesce(siblings.skus, '{}') AS siblings, coalesce(siblings.pictures, '[]') AS product_pictures
  FROM due
  JOIN account ON account.id = due.account_id
  JOIN variant ON variant.id = due.variant_id
  JOIN product ON product.id = variant.product_id
  LEFT JOIN LATERAL (
       SELECT title, description, bullets, language
         FROM product_text
        WHERE product_id = product.id
        ORDER BY language = account.language DESC, split_part(language, '-', 1) = split_part(account.language, '-', 1) DESC,
                 split_part(language, '-', 1) = 'en' DESC, language
        LIMIT 1) AS words ON true
  LEFT JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_object('url', media.url, 'blob', media.blob_id) ORDER BY media.variant_id IS NULL, media.position, media.id)
              AS found
         FROM media
        WHERE media.product_id = product.id AND (media.variant_id IS NULL OR media.variant_id = variant.id)) AS pictures ON true
  LEFT JOIN LATERAL (
       SELECT array_agg(other.channel_sku ORDER BY sibling.id) AS skus,
              (SELECT jsonb_agg(jsonb_build_object('url', media.url, 'blob', media.blob_id) ORDER BY media.position, media.id)
                 FROM media WHERE media.product_id = product.id AND media.variant_id IS NULL) AS pictures
         FROM variant AS sibling
         JOIN offer AS other ON other.variant_id = sibling.id AND other.account_id = due.account_id AND other.market = due.market
        WHERE sibling.product_id = product.id AND sibling.archived_at IS NULL AND NOT sibling.is_kit
          AND other.wanted = 'live' AND NOT other.recalled) AS siblings ON NOT variant.is_kit;
