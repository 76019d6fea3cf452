-- Before offers are published: should the answer be lost, they are read back before anything else (F3).
-- In:    account; epoch; offers bigint[]; now
-- Out:   the offers marked; none when fenced.
UPDATE offer
   SET state = 'unknown', sent_at = %(now)s
  FROM (SELECT account_id FROM lane WHERE account_id = %(account)s AND epoch = %(epoch)s FOR SHARE) AS held
 WHERE offer.account_id = held.account_id AND offer.id = ANY (%(offers)s::bigint[])
RETURNING offer.id;
