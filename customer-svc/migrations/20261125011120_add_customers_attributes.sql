-- migrate:up
-- {"size_class": {"choice": "A"}, …}: read and written whole, like what else repeats.
ALTER TABLE customers ADD COLUMN attributes JSON;

-- migrate:down
ALTER TABLE customers DROP COLUMN attributes;
