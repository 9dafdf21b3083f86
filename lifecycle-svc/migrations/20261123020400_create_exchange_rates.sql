-- One unit of currency is worth rate units of the base currency from start_date on, until the next such day.
-- migrate:up
CREATE TABLE exchange_rates (
  currency CHAR(3) NOT NULL,
  start_date DATE NOT NULL,
  rate DECIMAL(20, 6) NOT NULL,
  PRIMARY KEY (currency, start_date)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE exchange_rates;
