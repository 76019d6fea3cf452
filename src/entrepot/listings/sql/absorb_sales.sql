-- Take sales that the channel made itself off the number believed shown: it lowered its number on its own (PROMISE 4).
-- In:    accounts, variants bigint[] (NULL: all of the accounts)
-- Out:   nothing. A sale dated before the shown value, or while a write is on its way, is already in what was or will be read.
--        After a cancel (a quantity below 0) nobody knows whether the channel put the units back: the number is told again.
-- What was sold counts for the offer's demand.
-- Locks: the sales of the account, the offers that sold and their demand of the day.
WITH sold AS (
    DELETE FROM offer_sale
     WHERE account_id = ANY (%(accounts)s::bigint[])
       AND (%(variants)s::bigint[] IS NULL OR variant_id = ANY (%(variants)s::bigint[]))
 RETURNING variant_id, offer_id, quantity, sold_at
),
demand AS (
    INSERT INTO offer_demand AS demand (variant_id, offer_id, day, units)
    SELECT variant_id, offer_id, (sold_at AT TIME ZONE 'UTC')::date, sum(quantity)::int
      FROM sold
     WHERE quantity > 0
     GROUP BY 1, 2, 3
     ORDER BY 1, 2, 3
        ON CONFLICT (variant_id, offer_id, day) DO UPDATE SET units = demand.units + excluded.units
),
since_shown AS (
    SELECT shown.variant_id, shown.offer_id, sum(sold.quantity)::int AS quantity, bool_or(sold.quantity < 0) AS canceled
      FROM sold
      JOIN offer_shown AS shown USING (variant_id, offer_id)
     WHERE shown.in_flight IS NULL AND sold.sold_at > shown.shown_at
     GROUP BY shown.variant_id, shown.offer_id
)
UPDATE offer_shown AS shown
   SET shown = CASE WHEN since_shown.canceled THEN NULL ELSE greatest(0, shown.shown - since_shown.quantity) END
  FROM since_shown
 WHERE shown.variant_id = since_shown.variant_id AND shown.offer_id = since_shown.offer_id;
