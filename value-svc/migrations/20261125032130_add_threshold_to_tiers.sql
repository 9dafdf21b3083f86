-- The lowest score of the tier where tiers are cut by thresholds; NULL for the last tier, and in models from before.
-- migrate:up
ALTER TABLE scoring_model_tiers ADD COLUMN threshold_micros BIGINT NULL;

-- migrate:down
ALTER TABLE scoring_model_tiers DROP COLUMN threshold_micros;
