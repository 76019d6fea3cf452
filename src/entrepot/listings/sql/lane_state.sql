-- One account's lane as its holder needs it at the start of a pass.
-- In:    account
-- Out:   one row: the lane, whether sales wait to be taken off, whether settled values wait, and the account's bound.
-- Cost:  two primary keys, three index probes.
SELECT lane.epoch, lane.cursor_xid, lane.plans, lane.sending, lane.resume_at, lane.passed_at, lane.waits,
       lane.sweep_after, lane.sweep_position, lane.waiting, lane.oldest_at,
       account.live_delay_bound_s, account.settings,
       progress.orders_complete_until,
       EXISTS (SELECT FROM lane_todo WHERE account_id = %(account)s) AS has_todo,
       EXISTS (SELECT FROM offer_sale WHERE account_id = %(account)s) AS has_sales,
       EXISTS (SELECT FROM offer_shown WHERE account_id = %(account)s AND live_at IS NOT NULL
                                         AND live_at <= progress.orders_complete_until - %(margin)s::interval) AS can_settle
  FROM lane
  JOIN account ON account.id = lane.account_id
  LEFT JOIN account_progress AS progress ON progress.account_id = lane.account_id
 WHERE lane.account_id = %(account)s;
