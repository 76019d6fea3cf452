-- Take units off reservations; one that is empty and owes nothing is gone.
-- In:    arrays of equal length: variants, locations bigint[]; demand_refs text[]; quantities, shorts int[] (what to take off;
--        a negative short adds to it)
-- Out:   nothing; the row count is the number of reservations touched.
WITH asked AS (
    SELECT *
      FROM unnest(%(variants)s::bigint[], %(demand_refs)s::text[], %(locations)s::bigint[], %(quantities)s::int[], %(shorts)s::int[])
        AS given (variant_id, demand_ref, location_id, quantity, short)
),
emptied AS (
    DELETE FROM reservation AS old
     USING asked
     WHERE old.variant_id = asked.variant_id AND old.demand_ref = asked.demand_ref AND old.location_id = asked.location_id
       AND old.quantity = asked.quantity AND old.short = asked.short
 RETURNING old.variant_id
),
lowered AS (
    UPDATE reservation AS old
       SET quantity = old.quantity - asked.quantity, short = old.short - asked.short
      FROM asked
     WHERE old.variant_id = asked.variant_id AND old.demand_ref = asked.demand_ref AND old.location_id = asked.location_id
       AND NOT (old.quantity = asked.quantity AND old.short = asked.short)
 RETURNING old.variant_id
)
SELECT variant_id FROM emptied UNION ALL SELECT variant_id FROM lowered;
