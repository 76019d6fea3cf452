-- What the lane put off and may try now, the smallest stock first.
-- In:    account; now; size
-- Out:   one row an offer: variant_id, offer_id, tries, since, not_before, why.
-- Cost:  the account's rows in order of rank, until enough are due.
SELECT variant_id, offer_id, tries, since, not_before, why
  FROM lane_todo
 WHERE account_id = %(account)s AND not_before <= %(now)s
 ORDER BY rank, not_before
 LIMIT %(size)s;
