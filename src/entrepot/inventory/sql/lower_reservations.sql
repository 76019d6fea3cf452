-- Take units off reservations; one that is empty and owes nothing is gone. Whoever asked a place for the units learns of it
-- by a row a demand in lowered_reservation; nobody is asked for what is on hold.
-- In:    arrays of equal length: variants, locations bigint[]; demand_refs text[]; quantities, shorts int[] (what to take off;
--        a negative short adds to it)
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
 RETURNING old.demand_ref, old.kind
),
lowered AS (
    UPDATE reservation AS old
       SET quantity = old.quantity - asked.quantity, short = old.short - asked.short
      FROM asked
     WHERE old.variant_id = asked.variant_id AND old.demand_ref = asked.demand_ref AND old.location_id = asked.location_id
       AND NOT (old.quantity = asked.quantity AND old.short = asked.short)
 RETURNING old.demand_ref, old.kind
)
INSERT INTO lowered_reservation (demand_ref)
SELECT demand_ref FROM emptied WHERE kind <> 'hold'
 UNION
SELECT demand_ref FROM lowered WHERE kind <> 'hold';
