-- Offers of each account that wait to be published, changed, ended or confirmed; those that only wait for stock are left out.
-- In:    accounts bigint[]; most int
-- Out:   one row an account, with offers counted among the first `most` that are due
-- Cost:  `most` entries of offer_content_due an account.
SELECT asked.account_id,
       (SELECT count(*)
          FROM (SELECT problems FROM offer WHERE offer.account_id = asked.account_id AND next_try_at IS NOT NULL
                 ORDER BY next_try_at LIMIT %(most)s) AS due
         WHERE NOT due.problems @> '[{"code": "no_stock"}]')::int AS offers
  FROM unnest(%(accounts)s::bigint[]) AS asked (account_id);
