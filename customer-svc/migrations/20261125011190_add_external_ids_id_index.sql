-- migrate:up
-- An identifier is looked for without its system, too.
ALTER TABLE external_ids ADD KEY id (id, customer_id);

-- migrate:down
ALTER TABLE external_ids DROP KEY id;
