-- What people choose of a model, and how often a draft was changed. The defaults are what models published before had.
-- migrate:up
ALTER TABLE scoring_models
  ADD COLUMN revision BIGINT NOT NULL DEFAULT 1,
  ADD COLUMN display_name VARCHAR(128) NOT NULL DEFAULT '',
  ADD COLUMN consistency_ratio_micros BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN tier_mode TINYINT NOT NULL DEFAULT 1,
  ADD COLUMN hysteresis_margin_micros BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN hysteresis_confirmations INT NOT NULL DEFAULT 1,
  ADD COLUMN grace_days INT NOT NULL DEFAULT 0,
  ADD COLUMN default_terms_days INT NOT NULL DEFAULT 0;

-- migrate:down
ALTER TABLE scoring_models
  DROP COLUMN revision,
  DROP COLUMN display_name,
  DROP COLUMN consistency_ratio_micros,
  DROP COLUMN tier_mode,
  DROP COLUMN hysteresis_margin_micros,
  DROP COLUMN hysteresis_confirmations,
  DROP COLUMN grace_days,
  DROP COLUMN default_terms_days;
