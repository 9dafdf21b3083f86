-- Customers whose facts changed since they were scored. `revision` rises with each change, so that a mark made while its
-- customer is being scored is not taken for the one that was seen.
-- migrate:up
CREATE TABLE rescore_queue (
  customer_id BINARY(16) NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (customer_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE rescore_queue;
