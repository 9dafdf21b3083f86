-- Erasure looks for the entries that tell of a customer.
-- migrate:up
ALTER TABLE feed ADD KEY lifecycle_feed_by_customer (customer_id);

-- migrate:down
ALTER TABLE feed DROP KEY lifecycle_feed_by_customer;
