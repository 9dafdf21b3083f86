-- migrate:up
CREATE TABLE service_tasks (
  project_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  position SMALLINT NOT NULL,
  title VARCHAR(255) NOT NULL,
  department TINYINT NOT NULL,
  assignee_id BINARY(16) NULL,
  due_date DATE NULL,
  state TINYINT NOT NULL,
  planned_minutes INT NOT NULL,
  logged_minutes BIGINT NOT NULL,
  base_cost DECIMAL(20, 6) NOT NULL,
  finish_time DATETIME(6) NULL,
  PRIMARY KEY (project_id, id),
  -- What somebody has to do.
  KEY service_tasks_by_assignee (assignee_id, state, due_date)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE service_tasks;
