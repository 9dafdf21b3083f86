-- Each customer's place in the lifecycle: the root of the aggregate, locked by each write on the customer. The first six
-- columns are what customer-svc said last; the others follow from the customer's moves.
-- migrate:up
CREATE TABLE journeys (
  customer_id BINARY(16) NOT NULL,
  customer_version BIGINT NOT NULL,
  display_name VARCHAR(255) NOT NULL,
  industry VARCHAR(128) NOT NULL,
  owner_id BINARY(16) NULL,
  team_id BINARY(16) NULL,
  stage TINYINT NOT NULL,
  furthest_stage TINYINT NOT NULL,
  lost_from_stage TINYINT NOT NULL,
  department TINYINT NOT NULL,
  recycled_count INT NOT NULL,
  stage_time DATETIME(6) NOT NULL,
  enter_time DATETIME(6) NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (customer_id),
  KEY journeys_by_owner (owner_id),
  KEY journeys_by_team (team_id, owner_id),
  KEY journeys_by_stage (stage, stage_time),
  -- All that the funnel reads, so that it reads nothing else.
  KEY journeys_for_funnel (furthest_stage, stage, lost_from_stage, recycled_count, enter_time, owner_id, team_id, industry)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE journeys;
