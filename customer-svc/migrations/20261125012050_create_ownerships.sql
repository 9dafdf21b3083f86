-- migrate:up
-- From when on a customer has which owner and team; the next row of the same customer ends it.
CREATE TABLE ownerships (
  customer_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  owner_id BINARY(16),
  team_id BINARY(16),
  start_time DATETIME(6) NOT NULL,
  actor VARCHAR(255) NOT NULL,
  method VARCHAR(128) NOT NULL,
  reason VARCHAR(255) NOT NULL,
  PRIMARY KEY (customer_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE ownerships;
