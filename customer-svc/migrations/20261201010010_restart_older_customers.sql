-- migrate:up
-- E-mail addresses and phone numbers became values to filter by (customer_values, kinds 6 and 7). They are folded, which
-- SQL cannot do alike, so the server goes through all customers once more, as it did for their names: from the first one
-- on if it is still at it …
UPDATE older_customers SET done_up_to = UNHEX('00000000000000000000000000000000');

-- migrate:down
DELETE FROM customer_values WHERE kind IN (6, 7);
