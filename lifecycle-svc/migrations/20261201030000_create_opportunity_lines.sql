-- What is offered by an opportunity. Prices are in the opportunity's currency, and its amount is the sum of the lines.
-- migrate:up
CREATE TABLE opportunity_lines (
  opportunity_id BINARY(16) NOT NULL,
  line SMALLINT NOT NULL,
  product_id BINARY(16) NULL,
  description VARCHAR(255) NOT NULL,
  quantity BIGINT NOT NULL,
  unit_price DECIMAL(20, 6) NOT NULL,
  PRIMARY KEY (opportunity_id, line),
  KEY opportunity_lines_by_product (product_id, opportunity_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE opportunity_lines;
