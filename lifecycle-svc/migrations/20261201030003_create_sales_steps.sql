-- What opportunities in each open step are taken for unless they say otherwise.
-- migrate:up
CREATE TABLE sales_steps (
  step TINYINT NOT NULL,
  probability_percent TINYINT NOT NULL,
  forecast_category TINYINT NOT NULL,
  update_time DATETIME(6) NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (step)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE sales_steps;
