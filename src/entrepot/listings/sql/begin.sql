-- Write down what is about to be sent, before it leaves; only for who holds the lane, and only if the plan still stands.
-- In:    account; epoch, plans bigint; sending jsonb {offer: quantity}; now
-- Out:   one row when it may be sent; none: fenced (F41), or a policy was switched since the plan.
UPDATE lane
   SET sending = %(sending)s::jsonb
 WHERE account_id = %(account)s AND epoch = %(epoch)s AND plans = %(plans)s
RETURNING account_id;
