-- migrate:up
INSERT INTO delivery_templates (delivery_model, repurchase_days, update_time, version) VALUES
  (1, 730, '2026-11-25 00:00:00', 1),
  (2, 365, '2026-11-25 00:00:00', 1),
  (3, 180, '2026-11-25 00:00:00', 1);

-- migrate:down
DELETE FROM delivery_templates;
