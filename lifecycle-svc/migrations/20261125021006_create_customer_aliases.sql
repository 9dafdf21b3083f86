-- Customers that were merged into another. survivor_id is who they count as now; into_id whom this merge made them part of
-- (not the same when that one was merged, too). The other columns are what customer-svc said of them last, for when they
-- are split again.
-- migrate:up
CREATE TABLE customer_aliases (
  alias_id BINARY(16) NOT NULL,
  survivor_id BINARY(16) NOT NULL,
  into_id BINARY(16) NOT NULL,
  merge_id BINARY(16) NOT NULL,
  customer_version BIGINT NOT NULL,
  display_name VARCHAR(255) NOT NULL,
  industry VARCHAR(128) NOT NULL,
  owner_id BINARY(16) NULL,
  team_id BINARY(16) NULL,
  PRIMARY KEY (alias_id),
  KEY customer_aliases_by_survivor (survivor_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE customer_aliases;
