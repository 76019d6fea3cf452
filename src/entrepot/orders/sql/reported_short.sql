-- Order reservations that a report has made short and no line knows of yet.
-- In:    limit
-- Out:   variant_id, demand_ref, location_id, line_id; what is left here after a pass is nobody's line and is given back
-- Cost:  the partial index on short reservations.
SELECT variant_id, demand_ref, location_id, split_part(demand_ref, ':', 2)::bigint AS line_id
  FROM reservation
 WHERE short > 0 AND demand_ref LIKE 'order-line:%%'
 ORDER BY variant_id, demand_ref
 LIMIT %(limit)s;
