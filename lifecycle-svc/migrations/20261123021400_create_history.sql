-- Who changed what, when: one row for each resource that a write changed. The customer is the nil id for products and
-- exchange rates.
-- migrate:up
CREATE TABLE history (
  customer_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  time DATETIME(6) NOT NULL,
  actor VARCHAR(255) NOT NULL,
  method VARCHAR(128) NOT NULL,
  resource VARCHAR(128) NOT NULL,
  -- {"old": {field: value, …}, "new": {field: value, …}}, each with the fields that changed.
  changes JSON NOT NULL,
  PRIMARY KEY (customer_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE history;
