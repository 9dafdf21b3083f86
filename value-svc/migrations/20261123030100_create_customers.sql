-- Who owns whom, as customer-svc said last; the root of the aggregate, locked by each write on the customer. A customer
-- that only facts were heard of yet has version 0 and no owner.
-- migrate:up
CREATE TABLE customers (
  id BINARY(16) NOT NULL,
  owner_id BINARY(16) NULL,
  team_id BINARY(16) NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY customers_by_owner (owner_id),
  KEY customers_by_team (team_id, owner_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE customers;
