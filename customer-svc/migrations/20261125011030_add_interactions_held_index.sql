-- migrate:up
-- Whether an interaction of some channels was held since a day: what completeness asks of many customers at once.
ALTER TABLE interactions ADD KEY held (customer_id, state, channel, event_time);

-- migrate:down
ALTER TABLE interactions DROP KEY held;
