-- Offers whose product changed since their content was compared are compared again.
-- In:    account; since, now timestamptz
-- A product may be committed some seconds after the time it carries (no transaction of ours takes more than five): so the ten seconds.
-- Cost:  the products changed since, by their index.
UPDATE offer
   SET next_try_at = %(now)s
  FROM product
  JOIN variant ON variant.product_id = product.id
 WHERE product.changed_at > %(since)s::timestamptz AND offer.account_id = %(account)s AND offer.variant_id = variant.id
   AND offer.wanted = 'live' AND (offer.checked_at IS NULL OR offer.checked_at <= product.changed_at + interval '10 seconds');
