-- Promise units to demands; more for a demand that has some there already adds up, and all of it is to be asked of the place anew.
-- In:    now, kind, expires_at; arrays of equal length: variants, locations bigint[]; demand_refs text[]; quantities int[]
INSERT INTO reservation AS old (variant_id, demand_ref, location_id, kind, quantity, short, firm, expires_at, created_at)
SELECT variant_id, demand_ref, location_id, %(kind)s, quantity, 0, false, %(expires_at)s, %(now)s
  FROM unnest(%(variants)s::bigint[], %(demand_refs)s::text[], %(locations)s::bigint[], %(quantities)s::int[])
    AS given (variant_id, demand_ref, location_id, quantity)
    ON CONFLICT (variant_id, demand_ref, location_id) DO UPDATE SET quantity = old.quantity + excluded.quantity, kind = excluded.kind;
