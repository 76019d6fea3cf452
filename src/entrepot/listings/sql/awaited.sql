-- Whether an accepted write of the account waits to be seen live.
-- In:    account
SELECT EXISTS (SELECT FROM offer_shown WHERE account_id = %(account)s AND in_flight IS NOT NULL) AS awaited;
