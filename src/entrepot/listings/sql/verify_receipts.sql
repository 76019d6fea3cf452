-- Offers whose last send was answered and has no receipt: nobody could say what the channel was told. Receipts are kept by month; one
-- older than the oldest kept is not missed.
-- In:    variants bigint[] or null: all
SELECT shown.variant_id AS key, 'offer ' || shown.offer_id AS subject, 'a receipt since ' || shown.sent_at AS expected, 'none' AS found
  FROM offer_shown AS shown
 WHERE shown.in_flight IS NULL
   AND shown.sent_at >= coalesce((SELECT min(at) FROM offer_receipt), shown.sent_at)
   AND NOT EXISTS (SELECT FROM offer_receipt AS receipt
                    WHERE receipt.variant_id = shown.variant_id AND receipt.offer_id = shown.offer_id AND receipt.at >= shown.sent_at)
   AND (%(variants)s::bigint[] IS NULL OR shown.variant_id = ANY (%(variants)s::bigint[]))
 ORDER BY shown.variant_id, shown.offer_id;
