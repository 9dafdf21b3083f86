-- What somebody should do for a customer next. open_cause is the cause while it is not done, then NULL: with it the unique
-- key lets at most one follow-up of a kind be open for each cause.
-- migrate:up
CREATE TABLE follow_ups (
  id BINARY(16) NOT NULL,
  customer_id BINARY(16) NOT NULL,
  kind TINYINT NOT NULL,
  addressee TINYINT NOT NULL,
  cause VARCHAR(160) NOT NULL,
  open_cause VARCHAR(160) NULL,
  why VARCHAR(1000) NOT NULL,
  due_time DATETIME(6) NOT NULL,
  snooze_until DATETIME(6) NULL,
  is_done TINYINT NOT NULL,
  done_time DATETIME(6) NULL,
  note VARCHAR(1000) NOT NULL,
  done_by VARCHAR(255) NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY follow_ups_by_open_cause (open_cause, kind),
  -- An inbox: the open ones of a representative's customers.
  KEY follow_ups_by_customer (customer_id, is_done, due_time),
  KEY follow_ups_by_due_time (is_done, due_time, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE follow_ups;
