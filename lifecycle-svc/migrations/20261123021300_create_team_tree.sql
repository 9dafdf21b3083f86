-- Every team with itself and with each team above it: what the row rules of a manager ask.
-- migrate:up
CREATE TABLE team_tree (
  ancestor_id BINARY(16) NOT NULL,
  descendant_id BINARY(16) NOT NULL,
  PRIMARY KEY (ancestor_id, descendant_id),
  KEY team_tree_by_descendant (descendant_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE team_tree;
