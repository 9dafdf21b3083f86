-- PROSPECTING (1) and QUALIFICATION (2) are PIPELINE (1), PROPOSAL (3) is BEST_CASE (2), NEGOTIATION (4) COMMIT (3).
-- migrate:up
INSERT INTO sales_steps (step, probability_percent, forecast_category, update_time, version) VALUES
  (1, 10, 1, '2026-12-01 00:00:00', 1),
  (2, 20, 1, '2026-12-01 00:00:00', 1),
  (3, 50, 2, '2026-12-01 00:00:00', 1),
  (4, 80, 3, '2026-12-01 00:00:00', 1);

-- migrate:down
DELETE FROM sales_steps;
