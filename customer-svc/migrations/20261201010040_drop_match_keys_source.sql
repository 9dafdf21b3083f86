-- migrate:up
-- Whose keys they are is known wherever a contact's are changed, and every key pays for each index that it is in.
ALTER TABLE match_keys DROP KEY source;

-- migrate:down
ALTER TABLE match_keys ADD KEY source (source_id);
