-- The newest event that each feed has told of, and the currency that its amounts are in; kept with the facts, so that
-- nobody searches the ledger for them.
-- migrate:up
CREATE TABLE fact_clocks (
  feed TINYINT NOT NULL,
  latest_event_time DATETIME(6) NOT NULL,
  base_currency CHAR(3) NOT NULL,
  PRIMARY KEY (feed)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE fact_clocks;
