-- By which version of the rules the journey was folded; those of an older one are folded anew in the background.
-- migrate:up
ALTER TABLE journeys
  ADD COLUMN fold_version SMALLINT NOT NULL DEFAULT 0,
  ADD KEY journeys_by_fold_version (fold_version);

-- migrate:down
ALTER TABLE journeys
  DROP KEY journeys_by_fold_version,
  DROP COLUMN fold_version;
