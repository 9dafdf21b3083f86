-- migrate:up
-- Target markets whose definition changed: the customers up to this one have been looked at.
CREATE TABLE target_market_searches (
  market_id BINARY(16) NOT NULL,
  done_up_to BINARY(16) NOT NULL,
  PRIMARY KEY (market_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE target_market_searches;
