-- Each step that an opportunity was in, and since when.
-- migrate:up
CREATE TABLE opportunity_steps (
  opportunity_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  step TINYINT NOT NULL,
  event_time DATETIME(6) NOT NULL,
  actor VARCHAR(255) NOT NULL,
  PRIMARY KEY (opportunity_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE opportunity_steps;
