-- Whether a customer ordered again within some days.
-- migrate:up
ALTER TABLE orders ADD KEY orders_by_customer_time (customer_id, order_time, cancel_time);

-- migrate:down
ALTER TABLE orders DROP KEY orders_by_customer_time;
