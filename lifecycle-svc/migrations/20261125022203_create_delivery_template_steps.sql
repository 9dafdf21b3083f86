-- Steps before the sale (is_task 0) and tasks after it (is_task 1), in order. depends_on is a list of step_keys with commas.
-- migrate:up
CREATE TABLE delivery_template_steps (
  delivery_model TINYINT NOT NULL,
  is_task TINYINT NOT NULL,
  position SMALLINT NOT NULL,
  step_key VARCHAR(32) NOT NULL,
  title VARCHAR(255) NOT NULL,
  department TINYINT NOT NULL,
  due_days INT NOT NULL,
  planned_minutes INT NOT NULL,
  depends_on VARCHAR(1700) NOT NULL,
  PRIMARY KEY (delivery_model, is_task, position)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE delivery_template_steps;
