-- The tier that a score has passed into without being confirmed yet, and what of the revenue may not come again.
-- Contributions lie beside the score, so that what moved a customer is found by SQL.
-- migrate:up
ALTER TABLE scores
  ADD COLUMN pending_tier TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN confirmations TINYINT NOT NULL DEFAULT 0,
  ADD COLUMN contribution_1_micros INT NOT NULL DEFAULT 0,
  ADD COLUMN contribution_2_micros INT NOT NULL DEFAULT 0,
  ADD COLUMN contribution_3_micros INT NOT NULL DEFAULT 0,
  ADD COLUMN contribution_4_micros INT NOT NULL DEFAULT 0,
  ADD COLUMN contribution_5_micros INT NOT NULL DEFAULT 0,
  ADD COLUMN value_at_risk DECIMAL(20,6) NOT NULL DEFAULT 0,
  DROP KEY scores_for_pyramid,
  ADD KEY scores_for_pyramid (tier, score_micros, revenue, profit, value_at_risk, owner_id, team_id);

-- migrate:down
ALTER TABLE scores
  DROP KEY scores_for_pyramid,
  DROP COLUMN pending_tier,
  DROP COLUMN confirmations,
  DROP COLUMN contribution_1_micros,
  DROP COLUMN contribution_2_micros,
  DROP COLUMN contribution_3_micros,
  DROP COLUMN contribution_4_micros,
  DROP COLUMN contribution_5_micros,
  DROP COLUMN value_at_risk,
  ADD KEY scores_for_pyramid (tier, score_micros, revenue, profit, owner_id, team_id);
