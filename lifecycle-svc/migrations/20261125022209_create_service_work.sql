-- Work logged on tasks, with what it cost in the base currency.
-- migrate:up
CREATE TABLE service_work (
  project_id BINARY(16) NOT NULL,
  task_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  minutes INT NOT NULL,
  base_cost DECIMAL(20, 6) NOT NULL,
  event_time DATETIME(6) NOT NULL,
  note VARCHAR(1000) NOT NULL,
  actor VARCHAR(255) NOT NULL,
  PRIMARY KEY (project_id, task_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE service_work;
