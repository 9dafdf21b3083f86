-- migrate:up
-- Customers that are not in the tables of the search yet, because they were written before there were any: those behind
-- this one. The server goes through them in the background and then removes the row.
CREATE TABLE older_customers (
  done_up_to BINARY(16) NOT NULL,
  PRIMARY KEY (done_up_to)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE older_customers;
