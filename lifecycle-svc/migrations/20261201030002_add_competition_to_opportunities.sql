-- How many rows there are in opportunity_lines and opportunity_competitors, so that lists of those without any need no
-- statement for them; and the competitor that a lost one was lost to.
-- migrate:up
ALTER TABLE opportunities
  ADD COLUMN line_count SMALLINT NOT NULL DEFAULT 0,
  ADD COLUMN competitor_count SMALLINT NOT NULL DEFAULT 0,
  ADD COLUMN lost_to VARCHAR(128) NOT NULL DEFAULT '';

-- migrate:down
ALTER TABLE opportunities
  DROP COLUMN lost_to,
  DROP COLUMN competitor_count,
  DROP COLUMN line_count;
