-- Orders that each account placed since an instant.
-- In:    since
-- Out:   account (its name), orders; accounts without any stand with 0
-- Cost:  the rows of sales_order_placed since then.
SELECT account.name AS account, count(placed.id)::int AS orders
  FROM account LEFT JOIN sales_order AS placed
                      ON placed.account_id = account.id AND placed.placed_at > %(since)s AND NOT placed.historical
 WHERE account.archived_at IS NULL
 GROUP BY account.id, account.name
 ORDER BY account.name;
