-- migrate:up
-- What each merge moved from the merged customer to the survivor; kinds are in merge_store.h.
CREATE TABLE merged_items (
  merge_id BINARY(16) NOT NULL,
  kind TINYINT NOT NULL,
  item_id BINARY(16) NOT NULL,
  PRIMARY KEY (merge_id, kind, item_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- migrate:down
DROP TABLE merged_items;
