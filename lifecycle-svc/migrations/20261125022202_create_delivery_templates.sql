-- What each delivery model takes; its steps are in delivery_template_steps.
-- migrate:up
CREATE TABLE delivery_templates (
  delivery_model TINYINT NOT NULL,
  repurchase_days INT NOT NULL,
  update_time DATETIME(6) NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (delivery_model)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE delivery_templates;
