-- LEAD (2), OPPORTUNITY (3) and ORDER (4) are watched, TOP (1) and BIG (2) twice as closely; nobody expects targets and
-- those who bought again to move by themselves. TOP and BIG customers are never taken from their owner by a rule.
-- migrate:up
INSERT INTO stall_rules (stage, tier, stalled_after_days, representative_days, manager_days, reassignment_days,
  recycle_days, version)
VALUES
  (1, 0, 0, 3, 5, 7, 0, 1),
  (1, 1, 0, 3, 5, 7, 0, 1),
  (1, 2, 0, 3, 5, 7, 0, 1),
  (1, 3, 0, 3, 5, 7, 0, 1),
  (1, 4, 0, 3, 5, 7, 0, 1),
  (1, 5, 0, 3, 5, 7, 0, 1),
  (2, 0, 21, 3, 5, 7, 90, 1),
  (2, 1, 11, 3, 5, 7, 0, 1),
  (2, 2, 11, 3, 5, 7, 0, 1),
  (2, 3, 21, 3, 5, 7, 90, 1),
  (2, 4, 21, 3, 5, 7, 60, 1),
  (2, 5, 21, 3, 5, 7, 60, 1),
  (3, 0, 14, 3, 5, 7, 90, 1),
  (3, 1, 7, 3, 5, 7, 0, 1),
  (3, 2, 7, 3, 5, 7, 0, 1),
  (3, 3, 14, 3, 5, 7, 90, 1),
  (3, 4, 14, 3, 5, 7, 60, 1),
  (3, 5, 14, 3, 5, 7, 60, 1),
  (4, 0, 45, 3, 5, 7, 0, 1),
  (4, 1, 23, 3, 5, 7, 0, 1),
  (4, 2, 23, 3, 5, 7, 0, 1),
  (4, 3, 45, 3, 5, 7, 0, 1),
  (4, 4, 45, 3, 5, 7, 0, 1),
  (4, 5, 45, 3, 5, 7, 0, 1),
  (5, 0, 0, 3, 5, 7, 0, 1),
  (5, 1, 0, 3, 5, 7, 0, 1),
  (5, 2, 0, 3, 5, 7, 0, 1),
  (5, 3, 0, 3, 5, 7, 0, 1),
  (5, 4, 0, 3, 5, 7, 0, 1),
  (5, 5, 0, 3, 5, 7, 0, 1);

-- migrate:down
DELETE FROM stall_rules;
