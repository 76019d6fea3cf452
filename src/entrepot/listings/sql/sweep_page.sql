-- The next variants with an offer on this account, for the comparison of all.
-- In:    account; position bigint (the last variant compared); size
SELECT DISTINCT variant_id
  FROM offer_shown
 WHERE account_id = %(account)s AND variant_id > %(position)s::bigint
 ORDER BY variant_id
 LIMIT %(size)s;
