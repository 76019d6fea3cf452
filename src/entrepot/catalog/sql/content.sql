-- All that a listing shows of these variants, the words in the first of the languages that the product has.
-- In:    variants bigint[]; languages text[] in order of preference
-- Out:   one row a variant: its columns, its product's, its words, siblings, pictures (its own first)
-- Cost:  index probes a variant and a product.
SELECT variant.id AS variant_id, variant.sku, variant.gtin, variant.options, variant.price_minor, variant.weight_g, variant.is_kit,
       variant.archived_at IS NOT NULL OR product.archived_at IS NOT NULL AS archived,
       product.id AS product_id, product.code, product.brand, product.category, product.option_names, product.attributes, product.version,
       words.language, words.title, words.description, words.bullets,
       (SELECT array_agg(sibling.sku ORDER BY sibling.id)
          FROM variant AS sibling
         WHERE sibling.product_id = product.id AND sibling.archived_at IS NULL) AS siblings,
       (SELECT jsonb_agg(jsonb_build_object('id', media.id, 'position', media.position, 'url', media.url, 'sha256', media.blob_id,
                                            'variant', media.variant_id)
                         ORDER BY media.variant_id IS NULL, media.position, media.id)
          FROM media
         WHERE media.product_id = product.id AND (media.variant_id IS NULL OR media.variant_id = variant.id)) AS pictures
  FROM variant
  JOIN product ON product.id = variant.product_id
  LEFT JOIN LATERAL (
       SELECT text.language, text.title, text.description, text.bullets
         FROM product_text AS text
        WHERE text.product_id = product.id
        ORDER BY array_position(%(languages)s::text[], text.language::text) NULLS LAST, text.language
        LIMIT 1) AS words ON true
 WHERE variant.id = ANY (%(variants)s::bigint[]);
