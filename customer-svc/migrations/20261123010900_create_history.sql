-- migrate:up
-- Who changed what, when: one row for each write. Customer is the nil id for teams and representatives.
CREATE TABLE history (
  customer_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  time DATETIME(6) NOT NULL,
  actor VARCHAR(255) NOT NULL,
  method VARCHAR(128) NOT NULL,
  resource VARCHAR(128) NOT NULL,
  -- [{"field": …, "old": …, "new": …}, …]
  changes JSON NOT NULL,
  PRIMARY KEY (customer_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE history;
