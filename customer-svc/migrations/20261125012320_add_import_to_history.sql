-- migrate:up
-- Which import a write belongs to, so that all of them can be taken back.
ALTER TABLE history
  ADD COLUMN import_id BINARY(16),
  ADD KEY import (import_id, id);

-- migrate:down
ALTER TABLE history DROP KEY import, DROP COLUMN import_id;
