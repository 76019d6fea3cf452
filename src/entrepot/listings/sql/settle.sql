-- The shown value of these offers is settled: exposure was lowered to it in the same transaction.
-- In:    variants, offers bigint[]
-- A sale dated at the very instant of the write may have been taken off exposure and not off the number shown; both are upper
-- bounds of what the channel may still sell, so the smaller one holds for both.
UPDATE offer_shown AS shown
   SET watermark = shown.live_at, live_at = NULL, shown = least(shown.shown, shown.exposure)
  FROM unnest(%(variants)s::bigint[], %(offers)s::bigint[]) AS given (variant_id, offer_id)
 WHERE shown.variant_id = given.variant_id AND shown.offer_id = given.offer_id;
