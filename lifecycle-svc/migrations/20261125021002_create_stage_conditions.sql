-- What lifecycle-svc itself asks for before a customer may be moved to a stage. Which kinds there are says the domain;
-- which stage asks for them, and who supplies them, an administrator.
-- migrate:up
CREATE TABLE stage_conditions (
  kind TINYINT NOT NULL,
  stage TINYINT NOT NULL,
  supplier TINYINT NOT NULL,
  enforced TINYINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (kind)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE stage_conditions;
