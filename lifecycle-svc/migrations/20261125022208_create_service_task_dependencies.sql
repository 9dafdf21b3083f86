-- migrate:up
CREATE TABLE service_task_dependencies (
  project_id BINARY(16) NOT NULL,
  task_id BINARY(16) NOT NULL,
  depends_on_id BINARY(16) NOT NULL,
  PRIMARY KEY (project_id, task_id, depends_on_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE service_task_dependencies;
