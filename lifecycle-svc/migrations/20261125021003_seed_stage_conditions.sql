-- The first three are asked for at OPPORTUNITY (3) and supplied by sales (2), an order at ORDER (4), a second one at
-- REPURCHASE (5), by service (3).
-- migrate:up
INSERT INTO stage_conditions (kind, stage, supplier, enforced, version)
VALUES (1, 3, 2, 1, 1), (2, 3, 2, 1, 1), (3, 3, 2, 1, 1), (4, 4, 2, 1, 1), (5, 5, 3, 1, 1);

-- migrate:down
DELETE FROM stage_conditions;
