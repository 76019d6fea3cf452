-- The channel took these offers off sale: it shows 0; exposure of an allotted one settles when its orders are known (PROMISE 3).
-- In:    account; epoch; offers bigint[]; now
WITH ended AS (
    UPDATE offer_shown AS shown
       SET shown = 0, shown_at = %(now)s, in_flight = NULL, accepted_at = NULL, unknown = false, refused_quantity = NULL,
           manual_quantity = NULL, live_at = CASE WHEN shown.exposure > 0 THEN %(now)s::timestamptz END, attempt = shown.attempt + 1
     WHERE shown.account_id = %(account)s AND shown.offer_id = ANY (%(offers)s::bigint[])
 RETURNING shown.variant_id, shown.offer_id, shown.attempt
)
INSERT INTO offer_receipt (variant_id, offer_id, at, attempt, epoch, quantity, version, outcome, note)
SELECT variant_id, offer_id, %(now)s::timestamptz, attempt, %(epoch)s, 0, 0, 'ended', '' FROM ended;
