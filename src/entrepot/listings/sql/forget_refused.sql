-- Forget the values a channel refused for offers whose refusal has ended: the same value is sent again.
-- In:    variants, offers bigint[]
UPDATE offer_shown AS shown
   SET refused_quantity = NULL
  FROM unnest(%(variants)s::bigint[], %(offers)s::bigint[]) AS given (variant_id, offer_id)
 WHERE shown.variant_id = given.variant_id AND shown.offer_id = given.offer_id AND shown.refused_quantity IS NOT NULL;
