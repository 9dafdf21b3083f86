-- The work after an order. due_date, the minutes and base_cost are those of the tasks together, for lists and reports.
-- migrate:up
CREATE TABLE service_projects (
  id BINARY(16) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  order_id BINARY(16) NULL,
  delivery_model TINYINT NOT NULL,
  display_name VARCHAR(255) NOT NULL,
  state TINYINT NOT NULL,
  open_time DATETIME(6) NOT NULL,
  due_date DATE NULL,
  complete_time DATETIME(6) NULL,
  satisfaction TINYINT NOT NULL,
  repurchase_days INT NOT NULL,
  base_total DECIMAL(20, 6) NOT NULL,
  -- Room for the reason of the order and a few words before it.
  cancel_reason VARCHAR(1100) NOT NULL,
  planned_minutes BIGINT NOT NULL,
  logged_minutes BIGINT NOT NULL,
  base_cost DECIMAL(20, 6) NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY service_projects_by_order (order_id, delivery_model),
  KEY service_projects_by_customer (customer_id, id),
  KEY service_projects_by_state (state, due_date),
  KEY service_projects_by_model (delivery_model, open_time)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE service_projects;
