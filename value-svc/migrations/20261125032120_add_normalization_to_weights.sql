-- migrate:up
ALTER TABLE scoring_model_weights ADD COLUMN normalization TINYINT NOT NULL DEFAULT 1;

-- migrate:down
ALTER TABLE scoring_model_weights DROP COLUMN normalization;
