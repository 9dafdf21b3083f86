-- migrate:up
-- The number that a merged customer had: who brings it again means the survivor.
ALTER TABLE customer_aliases
  ADD COLUMN registration_number VARBINARY(256) NULL,
  ADD KEY registration_number (registration_number);

-- migrate:down
ALTER TABLE customer_aliases
  DROP KEY registration_number,
  DROP COLUMN registration_number;
