-- migrate:up
-- Fields of customers that a company defines for itself. Their values lie with the customers.
CREATE TABLE attributes (
  id VARBINARY(63) NOT NULL,
  display_name VARCHAR(128) NOT NULL,
  type TINYINT NOT NULL,
  -- ["A", "B", …], in the order to be shown; of a CHOICE.
  choices JSON NOT NULL,
  version BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE attributes;
