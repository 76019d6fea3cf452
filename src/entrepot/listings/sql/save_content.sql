-- Keep what became of the content of offers; nothing when another worker holds the lane (F41).
-- In:    account; epoch; now; offers bigint[]; states, wanteds, confirmeds, refuseds, problems (JSON), remote_ids text[]; prices bigint[];
--        tries int[]; next_try_at, was_due_at timestamptz[] (an offer that somebody made due since stays due); sent bool[]. An empty remote id and a NULL price keep what is there.
-- Out:   how many offers were kept.
WITH held AS (
    SELECT account_id FROM lane WHERE account_id = %(account)s AND epoch = %(epoch)s FOR SHARE
),
given AS (
    SELECT given.*
      FROM held,
           unnest(%(offers)s::bigint[], %(states)s::text[], %(wanteds)s::text[], %(confirmeds)s::text[], %(refuseds)s::text[],
                  %(problems)s::text[], %(remote_ids)s::text[], %(prices)s::bigint[], %(tries)s::int[], %(next_try_at)s::timestamptz[],
                  %(was_due_at)s::timestamptz[], %(sent)s::bool[])
           AS given (offer_id, state, content_wanted, content_confirmed, content_refused, problems, remote_id, price_minor, tries, next_try_at,
                     was_due_at, sent)
)
UPDATE offer
   SET state = given.state, content_wanted = given.content_wanted, content_confirmed = given.content_confirmed,
       content_refused = given.content_refused, problems = given.problems::jsonb,
       remote_id = CASE WHEN given.remote_id = '' THEN offer.remote_id ELSE given.remote_id END,
       price_confirmed_minor = coalesce(given.price_minor, offer.price_confirmed_minor),
       tries = given.tries,
       next_try_at = CASE WHEN offer.next_try_at IS DISTINCT FROM given.was_due_at THEN offer.next_try_at ELSE given.next_try_at END,
       checked_at = %(now)s, sent_at = CASE WHEN given.sent THEN %(now)s::timestamptz ELSE offer.sent_at END,
       confirmed_at = CASE WHEN given.state IN ('live', 'ended') THEN %(now)s::timestamptz ELSE offer.confirmed_at END
  FROM given
 WHERE offer.id = given.offer_id;
