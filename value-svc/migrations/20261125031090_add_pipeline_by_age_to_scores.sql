-- Whether the expected pipeline is by the ages of the opportunities, and its standard deviation then.
-- migrate:up
ALTER TABLE scores
  ADD COLUMN pipeline_deviation DECIMAL(20,6) NOT NULL DEFAULT 0,
  ADD COLUMN pipeline_by_age TINYINT NOT NULL DEFAULT 0;

-- migrate:down
ALTER TABLE scores
  DROP COLUMN pipeline_deviation,
  DROP COLUMN pipeline_by_age;
