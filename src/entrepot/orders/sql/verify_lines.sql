-- Order lines whose units do not add up: quantity = canceled + fulfilled + short + what is reserved for it (IN1), part by part of a kit;
-- reservations of lines that want none. Units that a report has just taken away count as reserved until the line has heard of it.
WITH line AS (
    SELECT id, variant_id, quantity - canceled - fulfilled AS left_units, short
      FROM order_line
     WHERE kind = 'product' AND (quantity <> canceled + fulfilled OR short <> 0)
),
wanted AS (
    SELECT line.id AS line_id, part.variant_id, (line.left_units - line.short) * part.quantity AS units
      FROM line
     CROSS JOIN LATERAL (
           SELECT component_id AS variant_id, quantity FROM kit_component WHERE kit_id = line.variant_id
           UNION ALL
           SELECT line.variant_id, 1 WHERE NOT EXISTS (SELECT FROM kit_component WHERE kit_id = line.variant_id)) AS part
     WHERE line.variant_id IS NOT NULL
),
held AS (
    SELECT split_part(demand_ref, ':', 2)::bigint AS line_id, variant_id, sum(quantity + short) AS units
      FROM reservation
     WHERE starts_with(demand_ref, 'order-line:')
     GROUP BY demand_ref, variant_id
),
broken AS (
    SELECT line_id, variant_id, coalesce(wanted.units, 0) AS wanted, coalesce(held.units, 0) AS held
      FROM wanted
      FULL JOIN held USING (line_id, variant_id)
     WHERE coalesce(wanted.units, 0) <> coalesce(held.units, 0)
    UNION ALL
    SELECT id, NULL, left_units, short FROM line WHERE variant_id IS NULL AND left_units <> short
)
SELECT line_id AS key, 'order line ' || line_id || coalesce(', variant ' || variant_id, '') AS subject,
       wanted || CASE WHEN variant_id IS NULL THEN ' short' ELSE ' reserved' END AS expected, held::text AS found
  FROM broken
 ORDER BY line_id, variant_id;
