-- Calls to channels since an instant, by account and result.
-- In:    since
-- Out:   account (its name), result (ok, throttled, refused, failed), calls
-- Cost:  the newest rows of each account in one or two partitions, by primary key.
SELECT account.name AS account, recent.result, count(*)::int AS calls
  FROM account
 CROSS JOIN LATERAL (
       SELECT CASE WHEN status BETWEEN 200 AND 399 THEN 'ok'
                   WHEN status = 429 THEN 'throttled'
                   WHEN status BETWEEN 400 AND 499 THEN 'refused'
                   ELSE 'failed' END AS result
         FROM channel_call
        WHERE channel_call.account_id = account.id AND channel_call.started_at > %(since)s
       ) AS recent
 WHERE account.archived_at IS NULL
 GROUP BY account.id, account.name, recent.result
 ORDER BY account.name, recent.result;
