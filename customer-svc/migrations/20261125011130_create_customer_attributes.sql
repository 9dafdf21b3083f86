-- migrate:up
-- Which customers have which value of an attribute: an index of customers.attributes.
CREATE TABLE customer_attributes (
  customer_id BINARY(16) NOT NULL,
  attribute VARBINARY(63) NOT NULL,
  -- One of the three: of a TEXT or CHOICE, of a NUMBER or FLAG (0 or 1), of a DATE.
  text VARCHAR(255),
  number DECIMAL(20,6),
  day DATE,
  PRIMARY KEY (customer_id, attribute),
  KEY text (attribute, text, customer_id),
  KEY number (attribute, number, customer_id),
  KEY day (attribute, day, customer_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE customer_attributes;
