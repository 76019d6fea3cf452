-- The shown value of these offers is settled; their exposure was set to it in the same transaction.
-- In:    variants, offers bigint[]
UPDATE offer_shown AS shown
   SET watermark = shown.live_at, live_at = NULL
  FROM unnest(%(variants)s::bigint[], %(offers)s::bigint[]) AS given (variant_id, offer_id)
 WHERE shown.variant_id = given.variant_id AND shown.offer_id = given.offer_id;
