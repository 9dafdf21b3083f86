-- The ledger that all value is computed from. Rows are added and never changed, but for `counted`: whether it is the
-- newest of its source and tells of something that happened. A customer's rows lie together, in order of time, which is
-- how they are read.
-- migrate:up
CREATE TABLE facts (
  customer_id BINARY(16) NOT NULL,
  event_time DATETIME(6) NOT NULL,
  id BINARY(16) NOT NULL,
  kind TINYINT NOT NULL,
  counted TINYINT NOT NULL,
  amount DECIMAL(20,6) NOT NULL,
  cost DECIMAL(20,6) NOT NULL,
  source_id BINARY(16) NOT NULL,
  feed TINYINT NOT NULL,
  position BIGINT NOT NULL,
  order_id BINARY(16) NULL,
  opportunity_id BINARY(16) NULL,
  due_time DATETIME(6) NULL,
  open_time DATETIME(6) NULL,
  close_time DATETIME(6) NULL,
  step TINYINT NOT NULL,
  probability_percent TINYINT NOT NULL,
  influence_percent TINYINT NOT NULL,
  channel TINYINT NOT NULL,
  held TINYINT NOT NULL,
  PRIMARY KEY (customer_id, event_time, id),
  -- Each event is stored once.
  UNIQUE KEY facts_by_source (source_id, position),
  KEY facts_by_opportunity (opportunity_id, kind)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE facts;
