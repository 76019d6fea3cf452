-- The open reservations of demands. Read after lock_headers of their variants to be sure of them.
-- In:    demand_refs text[]
-- Out:   variant_id, demand_ref, location_id, kind, quantity, short, firm
SELECT variant_id, demand_ref, location_id, kind, quantity, short, firm
  FROM reservation
 WHERE demand_ref = ANY (%(demand_refs)s::text[])
 ORDER BY variant_id, demand_ref, location_id;
