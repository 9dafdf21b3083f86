-- Representatives as customer-svc told of them: whose team and department work counts for.
-- migrate:up
CREATE TABLE representatives (
  id BINARY(16) NOT NULL,
  team_id BINARY(16) NULL,
  department TINYINT NOT NULL,
  is_manager TINYINT NOT NULL,
  PRIMARY KEY (id),
  KEY representatives_by_team (team_id, is_manager)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE representatives;
