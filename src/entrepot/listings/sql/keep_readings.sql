-- Keep what was read back, of offers to which nothing was sent meanwhile.
-- In:    account; epoch; now; variants, offers, attempts bigint[]; quantities int[]; confirms, moves, asks bool[]
--        (confirms: the write on its way is live; moves: the number shown is now the one read; asks: set by hand and left, F14)
-- Out:   the offers kept; none when fenced. The receipt of a reading that confirms names the version of the write it confirms; else 0.
WITH held AS (
    SELECT account_id FROM lane WHERE account_id = %(account)s AND epoch = %(epoch)s FOR SHARE
),
given AS (
    SELECT given.*
      FROM held, unnest(%(variants)s::bigint[], %(offers)s::bigint[], %(attempts)s::bigint[], %(quantities)s::int[],
                        %(confirms)s::bool[], %(moves)s::bool[], %(asks)s::bool[])
           AS given (variant_id, offer_id, attempt, quantity, confirms, moves, asks)
),
kept AS (
    UPDATE offer_shown AS shown
       SET read_at = %(now)s, read_quantity = given.quantity,
           in_flight = CASE WHEN given.confirms THEN NULL ELSE shown.in_flight END,
           accepted_at = CASE WHEN given.confirms THEN NULL ELSE shown.accepted_at END,
           unknown = CASE WHEN given.confirms THEN false ELSE shown.unknown END,
           shown = CASE WHEN given.confirms OR given.moves THEN given.quantity ELSE shown.shown END,
           shown_at = CASE WHEN given.confirms OR given.moves THEN %(now)s::timestamptz ELSE shown.shown_at END,
           shown_version = CASE WHEN given.confirms THEN shown.in_flight_version ELSE shown.shown_version END,
           live_at = CASE WHEN (given.confirms OR given.moves) AND shown.exposure > 0 THEN %(now)s::timestamptz ELSE shown.live_at END,
           manual_quantity = CASE WHEN given.asks THEN given.quantity WHEN given.moves THEN NULL ELSE shown.manual_quantity END,
           attempt = shown.attempt + 1
      FROM given
     WHERE shown.variant_id = given.variant_id AND shown.offer_id = given.offer_id AND shown.attempt = given.attempt
       AND (shown.in_flight IS NULL OR shown.accepted_at IS NOT NULL OR shown.unknown)
 RETURNING shown.variant_id, shown.offer_id, shown.attempt, given.quantity, given.confirms OR given.moves AS changed,
           CASE WHEN given.confirms THEN shown.shown_version ELSE 0 END AS version
),
remembered AS (
    INSERT INTO offer_receipt (variant_id, offer_id, at, attempt, epoch, quantity, version, outcome, note)
    SELECT variant_id, offer_id, %(now)s::timestamptz, attempt, %(epoch)s, quantity, version, 'read', '' FROM kept WHERE changed
)
SELECT variant_id, offer_id FROM kept;
