-- Who else offers where an opportunity is.
-- migrate:up
CREATE TABLE opportunity_competitors (
  opportunity_id BINARY(16) NOT NULL,
  position SMALLINT NOT NULL,
  display_name VARCHAR(128) NOT NULL,
  note VARCHAR(1000) NOT NULL,
  PRIMARY KEY (opportunity_id, position),
  KEY opportunity_competitors_by_name (display_name, opportunity_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE opportunity_competitors;
