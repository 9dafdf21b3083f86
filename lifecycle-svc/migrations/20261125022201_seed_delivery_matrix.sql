-- Where value or standardization outweighs the other it decides (1 PROFESSIONAL, 3 PROCESS); where they balance, 2 GENERAL.
-- migrate:up
INSERT INTO delivery_matrix (value_level, standardization_level, delivery_model, version) VALUES
  (1, 1, 2, 1), (1, 2, 3, 1), (1, 3, 3, 1),
  (2, 1, 1, 1), (2, 2, 2, 1), (2, 3, 3, 1),
  (3, 1, 1, 1), (3, 2, 1, 1), (3, 3, 2, 1);

-- migrate:down
DELETE FROM delivery_matrix;
