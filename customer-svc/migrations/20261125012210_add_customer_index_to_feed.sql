-- migrate:up
-- What the feed tells of one customer, for its erasure.
ALTER TABLE feed ADD KEY feed_by_customer (customer_id);

-- migrate:down
ALTER TABLE feed DROP KEY feed_by_customer;
