-- These allotted offers were charged and never sent: nothing is on its way, unless an older answer is still lost.
-- In:    variants, offers bigint[]
UPDATE offer_shown AS shown
   SET in_flight = CASE WHEN shown.unknown THEN shown.in_flight END, sent_at = CASE WHEN shown.unknown THEN shown.sent_at END
  FROM unnest(%(variants)s::bigint[], %(offers)s::bigint[]) AS given (variant_id, offer_id)
 WHERE shown.variant_id = given.variant_id AND shown.offer_id = given.offer_id;
